package lamella.core.formula;

import static java.lang.constant.ConstantDescs.CD_MethodHandles;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.CLASS_INIT_NAME;
import static java.lang.constant.ConstantDescs.DEFAULT_NAME;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a program a class with one loop: vectors first, then the rest one by one, with the bits
 * of the {@link FloatInterpreter}.
 *
 * <p>The class is hidden and goes when its engine does. The loop calls nothing but methods of the
 * Vector API, which C2 turns into instructions; were there a method of ours that C2 does not
 * inline, each vector given to it would be an object on the heap.
 */
final class Compiler {
  /** HotSpot never compiles a method of more bytes. */
  private static final int MOST_BYTES = 8000;

  /** More would be more bytes. */
  private static final int MOST_PARTS = 1000;

  private static final ClassDesc ENGINE = Engine.class.describeConstable().orElseThrow();
  private static final ClassDesc SELF = ClassDesc.of(Compiler.class.getPackageName(), "Compiled");
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(CD_void, CD_float.arrayType(2), CD_int, CD_int);

  /** What {@link #REST} is called. */
  private static final String REST = "rest";

  private Compiler() {}

  /**
   * An engine for vectors of this width.
   *
   * @return null if the program has operations that only the interpreter has, or is too long for
   *     HotSpot to compile
   * @throws UnsupportedOperationException where no classes can be defined
   */
  static @Nullable Engine compile(Program program, VectorSpecies<Float> species) {
    Dag dag = new Dag(program);
    if (dag.parts().length > MOST_PARTS || !dag.isSupported()) {
      return null;
    }
    byte[] bytes =
        ClassFile.of()
            .build(
                SELF,
                builder -> {
                  builder.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
                  builder.withInterfaceSymbols(ENGINE);
                  builder.withField(
                      VectorCode.SPECIES_FIELD,
                      VectorCode.SPECIES,
                      ClassFile.ACC_STATIC | ClassFile.ACC_FINAL);
                  builder.withMethodBody(
                      CLASS_INIT_NAME,
                      MTD_void,
                      ClassFile.ACC_STATIC,
                      code ->
                          code.loadConstant(
                                  DynamicConstantDesc.ofNamed(
                                      ConstantDescs.ofConstantBootstrap(
                                          CD_MethodHandles, "classData", CD_Object),
                                      DEFAULT_NAME,
                                      VectorCode.SPECIES))
                              .putstatic(SELF, VectorCode.SPECIES_FIELD, VectorCode.SPECIES)
                              .return_());
                  builder.withMethodBody(
                      INIT_NAME,
                      MTD_void,
                      0,
                      code ->
                          code.aload(0).invokespecial(CD_Object, INIT_NAME, MTD_void).return_());
                  builder.withMethodBody(
                      "run",
                      RUN,
                      ClassFile.ACC_PUBLIC,
                      code -> new VectorCode(code, dag, SELF, species.length()).write(REST, RUN));
                  builder.withMethodBody(
                      REST, RUN, ClassFile.ACC_STATIC, code -> new ScalarCode(code, dag).write());
                });
    if (longestMethod(ClassFile.of().parse(bytes)) >= MOST_BYTES) {
      return null;
    }
    try {
      MethodHandles.Lookup hidden =
          MethodHandles.lookup().defineHiddenClassWithClassData(bytes, species, true);
      return (Engine)
          hidden.findConstructor(hidden.lookupClass(), MethodType.methodType(void.class)).invoke();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a class of our own cannot be made", e);
    }
  }

  private static int longestMethod(ClassModel model) {
    int longest = 0;
    for (MethodModel method : model.methods()) {
      if (method.code().orElseThrow() instanceof CodeAttribute code) {
        longest = Math.max(longest, code.codeLength());
      }
    }
    return longest;
  }
}
