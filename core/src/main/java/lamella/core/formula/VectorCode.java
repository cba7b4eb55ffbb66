package lamella.core.formula;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;
import lamella.core.formula.Dag.Order;

/** A loop over whole vectors, in a method (arrays, from, to). */
final class VectorCode extends MachineCode {
  static final ClassDesc SPECIES = ClassDesc.of("jdk.incubator.vector.VectorSpecies");

  /** The static field of the class that holds the species. */
  static final String SPECIES_FIELD = "S";

  private static final ClassDesc FLOAT_VECTOR = ClassDesc.of("jdk.incubator.vector.FloatVector");
  private static final ClassDesc INT_VECTOR = ClassDesc.of("jdk.incubator.vector.IntVector");
  private static final ClassDesc VECTOR = ClassDesc.of("jdk.incubator.vector.Vector");
  private static final ClassDesc MASK = ClassDesc.of("jdk.incubator.vector.VectorMask");
  private static final ClassDesc OPERATORS = ClassDesc.of("jdk.incubator.vector.VectorOperators");
  private static final ClassDesc COMPARISON = OPERATORS.nested("Comparison");
  private static final ClassDesc BINARY_OPERATOR = OPERATORS.nested("Binary");

  // The numbers in Functions.powerOfTwo, exponent and significand.

  private static final float TO_EXPONENT = 12583039f;
  private static final float ROUND = 12582912f;
  private static final int HALF_ROOT = 0x3f3504f3;
  private static final int FRACTION = 0x7fffff;

  private static final MethodTypeDesc UNARY = MethodTypeDesc.of(FLOAT_VECTOR);
  private static final MethodTypeDesc BINARY = MethodTypeDesc.of(FLOAT_VECTOR, VECTOR);
  private static final MethodTypeDesc TERNARY = MethodTypeDesc.of(FLOAT_VECTOR, VECTOR, VECTOR);
  private static final MethodTypeDesc COMPARE = MethodTypeDesc.of(MASK, COMPARISON, VECTOR);
  private static final MethodTypeDesc BLEND = MethodTypeDesc.of(FLOAT_VECTOR, VECTOR, MASK);
  private static final MethodTypeDesc INT_SHIFT =
      MethodTypeDesc.of(INT_VECTOR, BINARY_OPERATOR, CD_int);
  private static final MethodTypeDesc INT_BINARY = MethodTypeDesc.of(INT_VECTOR, CD_int);

  private final ClassDesc self;
  private final int lanes;

  /** Local variables of constants in all lanes, by their bits. */
  private final Map<Integer, Integer> constants = new HashMap<>();

  private int[] arrays = {};
  private int i;

  /** Writes to a method of this class. */
  VectorCode(CodeBuilder code, Dag dag, ClassDesc self, int lanes) {
    super(code, dag, TypeKind.REFERENCE);
    this.self = self;
    this.lanes = lanes;
  }

  /** Writes the method, which in the end calls another one for what fills no vector. */
  void write(String rest, MethodTypeDesc type) {
    int to = code.parameterSlot(2);
    i = code.allocateLocal(TypeKind.INT);
    Label head = code.newLabel();
    Label tail = code.newLabel();
    Label end = code.newLabel();
    code.iload(code.parameterSlot(1)).istore(i);
    // Constants are worth their time only where there is a vector.
    code.iload(i).iload(to).loadConstant(lanes).isub().if_icmpgt(tail);
    arrays = unpack(code.parameterSlot(0));
    broadcastConstants();
    code.labelBinding(head).iload(i).iload(to).loadConstant(lanes).isub().if_icmpgt(tail);
    push(dag.root());
    code.aload(arrays[0])
        .iload(i)
        .invokevirtual(FLOAT_VECTOR, "intoArray", MethodTypeDesc.of(CD_void, FLOATS, CD_int));
    code.iinc(i, lanes).goto_(head);
    code.labelBinding(tail).iload(i).iload(to).if_icmpge(end);
    code.aload(code.parameterSlot(0)).iload(i).iload(to).invokestatic(self, rest, type);
    code.labelBinding(end).return_();
  }

  private void broadcastConstants() {
    for (Expression part : dag.parts()) {
      if (dag.uses(part) > 0) {
        switch (part.operation()) {
          case CONSTANT -> broadcast((float) part.number());
          case IF_POSITIVE, IF_NOT_NEGATIVE -> {
            Expression bound = dag.comparison(part).b();
            if (bound.operation() == Expression.Operation.CONSTANT) {
              broadcast((float) bound.number());
            }
          }
          case POWER_OF_TWO -> broadcast(TO_EXPONENT);
          case EXPONENT -> broadcast(ROUND);
          default -> {}
        }
      }
    }
  }

  private void broadcast(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (!constants.containsKey(bits)) {
      int local = code.allocateLocal(TypeKind.REFERENCE);
      constants.put(bits, local);
      code.getstatic(self, SPECIES_FIELD, SPECIES)
          .loadConstant(value)
          .invokestatic(
              FLOAT_VECTOR, "broadcast", MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, CD_float))
          .astore(local);
    }
  }

  @Override
  void pushConstant(float value) {
    Integer local = constants.get(Float.floatToRawIntBits(value));
    if (local == null) {
      throw new IllegalStateException("not broadcast: " + value);
    }
    code.aload(local);
  }

  @Override
  void pushInput(int index) {
    code.getstatic(self, SPECIES_FIELD, SPECIES)
        .aload(arrays[1 + index])
        .iload(i)
        .invokestatic(
            FLOAT_VECTOR, "fromArray", MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, FLOATS, CD_int));
  }

  @Override
  void compute(Expression part) {
    switch (part.operation()) {
      case PLUS -> call(part, "add", BINARY);
      case MINUS -> call(part, "sub", BINARY);
      case TIMES -> call(part, "mul", BINARY);
      case OVER -> call(part, "div", BINARY);
      case FMA -> call(part, "fma", TERNARY);
      case MIN, MAX -> extreme(part);
      case ABS -> call(part, "abs", UNARY);
      case NEGATED -> call(part, "neg", UNARY);
      case SQRT -> call(part, "sqrt", UNARY);
      case IF_POSITIVE, IF_NOT_NEGATIVE -> {
        Dag.Comparison comparison = dag.comparison(part);
        push(part.arguments().get(2));
        push(part.arguments().get(1));
        push(comparison.a());
        compare(comparison.order(), comparison.b());
        code.invokevirtual(FLOAT_VECTOR, "blend", BLEND);
      }
      case POWER_OF_TWO -> {
        pushAll(part);
        pushConstant(TO_EXPONENT);
        code.invokevirtual(FLOAT_VECTOR, "add", BINARY);
        toInts();
        shift("LSHL");
        toFloats();
      }
      case EXPONENT -> {
        pushAll(part);
        toInts();
        code.loadConstant(HALF_ROOT).invokevirtual(INT_VECTOR, "sub", INT_BINARY);
        shift("ASHR");
        code.loadConstant(Float.floatToRawIntBits(ROUND))
            .invokevirtual(INT_VECTOR, "add", INT_BINARY);
        toFloats();
        pushConstant(ROUND);
        code.invokevirtual(FLOAT_VECTOR, "sub", BINARY);
      }
      case SIGNIFICAND -> {
        pushAll(part);
        toInts();
        code.loadConstant(HALF_ROOT).invokevirtual(INT_VECTOR, "sub", INT_BINARY);
        code.loadConstant(FRACTION).invokevirtual(INT_VECTOR, "and", INT_BINARY);
        code.loadConstant(HALF_ROOT).invokevirtual(INT_VECTOR, "add", INT_BINARY);
        toFloats();
      }
      default -> throw new IllegalArgumentException("no machine operation: " + part.operation());
    }
  }

  private void call(Expression part, String method, MethodTypeDesc type) {
    pushAll(part);
    code.invokevirtual(FLOAT_VECTOR, method, type);
  }

  /**
   * The smaller or larger of two. With a constant it is a comparison and a choice with the same
   * bits, two instructions; processors have none for {@code Math.min} of any two numbers, with its
   * zeros of both signs and NaN of either operand.
   */
  private void extreme(Expression part) {
    Expression a = part.arguments().get(0);
    Expression b = part.arguments().get(1);
    boolean min = part.operation() == Expression.Operation.MIN;
    if (isNumber(a) && !isNumber(b)) {
      Expression swapped = a;
      a = b;
      b = swapped;
    }
    if (!isNumber(b)) {
      call(part, min ? "min" : "max", BINARY);
      return;
    }
    push(a);
    code.dup();
    push(b);
    code.swap();
    int bits = Float.floatToRawIntBits((float) b.number());
    boolean plusZero = bits == 0;
    boolean minusZero = bits == Float.floatToRawIntBits(-0f);
    // Of zeros of both signs -0 is the smaller: the constant is taken also for an equal number.
    Order order = min ? (minusZero ? Order.GE : Order.GT) : (plusZero ? Order.LE : Order.LT);
    compare(order, b);
    code.invokevirtual(FLOAT_VECTOR, "blend", BLEND);
  }

  private static boolean isNumber(Expression part) {
    return part.operation() == Expression.Operation.CONSTANT && !Double.isNaN(part.number());
  }

  /** Makes of the vector on the stack a mask: where it is in this order with another. */
  private void compare(Order order, Expression other) {
    code.getstatic(OPERATORS, order.name(), COMPARISON);
    push(other);
    code.invokevirtual(FLOAT_VECTOR, "compare", COMPARE);
  }

  private void toInts() {
    code.invokevirtual(FLOAT_VECTOR, "reinterpretAsInts", MethodTypeDesc.of(INT_VECTOR));
  }

  private void toFloats() {
    code.invokevirtual(INT_VECTOR, "reinterpretAsFloats", MethodTypeDesc.of(FLOAT_VECTOR));
  }

  /** By as many bits as a float's fraction has. */
  private void shift(String direction) {
    code.getstatic(OPERATORS, direction, BINARY_OPERATOR)
        .loadConstant(23)
        .invokevirtual(INT_VECTOR, "lanewise", INT_SHIFT);
  }
}
