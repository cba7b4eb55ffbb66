package lamella.core.formula;

import static java.lang.constant.ConstantDescs.CD_float;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;

/**
 * Writes the body of a loop: what the vector code and the scalar code have in common. A part leaves
 * its value on the operand stack; one that is needed again is kept in a local variable until its
 * last use.
 *
 * <p>The method's parameters are the arrays, from and to, in consecutive local variables.
 */
abstract class MachineCode {
  static final ClassDesc FLOATS = CD_float.arrayType();

  final CodeBuilder code;
  final Dag dag;
  private final TypeKind kind;
  private final IdentityHashMap<Expression, Integer> kept = new IdentityHashMap<>();
  private final IdentityHashMap<Expression, Integer> usesLeft = new IdentityHashMap<>();
  private final Deque<Integer> free = new ArrayDeque<>();

  /** Writes numbers of this kind. */
  MachineCode(CodeBuilder code, Dag dag, TypeKind kind) {
    this.code = code;
    this.dag = dag;
    this.kind = kind;
    for (Expression part : dag.parts()) {
      usesLeft.put(part, dag.uses(part));
    }
  }

  /** Puts each array that is needed into a local variable, the result's first. */
  final int[] unpack(int arrays) {
    int[] locals = new int[1 + dag.inputs()];
    for (Expression part : dag.parts()) {
      if (part.operation() == Expression.Operation.INPUT && dag.uses(part) > 0) {
        locals[1 + (int) part.number()] = unpack(arrays, 1 + (int) part.number());
      }
    }
    locals[0] = unpack(arrays, 0);
    return locals;
  }

  private int unpack(int arrays, int index) {
    int local = code.allocateLocal(TypeKind.REFERENCE);
    code.aload(arrays).loadConstant(index).aaload().astore(local);
    return local;
  }

  /** Leaves the part's value on the stack. */
  final void push(Expression part) {
    if (part.operation() == Expression.Operation.CONSTANT) {
      pushConstant((float) part.number());
      return;
    }
    int left = usesLeft.merge(part, -1, Integer::sum);
    Integer local = kept.get(part);
    if (local != null) {
      code.loadLocal(kind, local);
      if (left == 0) {
        free.push(local);
      }
      return;
    }
    if (part.operation() == Expression.Operation.INPUT) {
      pushInput((int) part.number());
    } else {
      compute(part);
    }
    if (left > 0) {
      int made = free.isEmpty() ? code.allocateLocal(kind) : free.pop();
      kept.put(part, made);
      code.dup().storeLocal(kind, made);
    }
  }

  final void pushAll(Expression part) {
    for (Expression argument : part.arguments()) {
      push(argument);
    }
  }

  abstract void pushConstant(float value);

  abstract void pushInput(int index);

  /** Pushes what the operation needs, and does it. */
  abstract void compute(Expression part);
}
