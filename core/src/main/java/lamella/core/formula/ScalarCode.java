package lamella.core.formula;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** A loop over single numbers, in a static method (arrays, from, to). */
final class ScalarCode extends MachineCode {
  private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
  private static final ClassDesc FUNCTIONS = Functions.class.describeConstable().orElseThrow();
  private static final MethodTypeDesc UNARY = MethodTypeDesc.of(CD_float, CD_float);
  private static final MethodTypeDesc BINARY = MethodTypeDesc.of(CD_float, CD_float, CD_float);
  private static final MethodTypeDesc TERNARY =
      MethodTypeDesc.of(CD_float, CD_float, CD_float, CD_float);

  private int[] arrays = {};
  private int i;

  ScalarCode(CodeBuilder code, Dag dag) {
    super(code, dag, TypeKind.FLOAT);
  }

  /** Writes the method. */
  void write() {
    int to = code.parameterSlot(2);
    arrays = unpack(code.parameterSlot(0));
    i = code.allocateLocal(TypeKind.INT);
    Label head = code.newLabel();
    Label end = code.newLabel();
    code.iload(code.parameterSlot(1)).istore(i);
    code.labelBinding(head).iload(i).iload(to).if_icmpge(end);
    code.aload(arrays[0]).iload(i);
    push(dag.root());
    code.fastore().iinc(i, 1).goto_(head);
    code.labelBinding(end).return_();
  }

  @Override
  void pushConstant(float value) {
    code.loadConstant(value);
  }

  @Override
  void pushInput(int index) {
    code.aload(arrays[1 + index]).iload(i).faload();
  }

  @Override
  void compute(Expression part) {
    if (Dag.isChoice(part)) {
      choose(part);
      return;
    }
    pushAll(part);
    switch (part.operation()) {
      case PLUS -> code.fadd();
      case MINUS -> code.fsub();
      case TIMES -> code.fmul();
      case OVER -> code.fdiv();
      case FMA -> code.invokestatic(MATH, "fma", TERNARY);
      case MIN -> code.invokestatic(MATH, "min", BINARY);
      case MAX -> code.invokestatic(MATH, "max", BINARY);
      case ABS -> code.invokestatic(MATH, "abs", UNARY);
      case NEGATED -> code.fneg();
      case SQRT ->
          code.f2d().invokestatic(MATH, "sqrt", MethodTypeDesc.of(CD_double, CD_double)).d2f();
      case POWER_OF_TWO -> code.invokestatic(FUNCTIONS, "powerOfTwo", UNARY);
      case EXPONENT -> code.invokestatic(FUNCTIONS, "exponent", UNARY);
      case SIGNIFICAND -> code.invokestatic(FUNCTIONS, "significand", UNARY);
      default -> throw new IllegalArgumentException("no machine operation: " + part.operation());
    }
  }

  /**
   * Both branches are computed before the choice: a part that both a branch and something later
   * needs must be there whatever is chosen.
   */
  private void choose(Expression part) {
    Dag.Comparison comparison = dag.comparison(part);
    push(part.arguments().get(1));
    push(part.arguments().get(2));
    push(comparison.a());
    push(comparison.b());
    Label then = code.newLabel();
    Label end = code.newLabel();
    switch (comparison.order()) {
      case GT -> code.fcmpl().ifgt(then);
      case GE -> code.fcmpl().ifge(then);
      case LT -> code.fcmpg().iflt(then);
      case LE -> code.fcmpg().ifle(then);
    }
    code.swap().pop().goto_(end);
    code.labelBinding(then).pop();
    code.labelBinding(end);
  }
}
