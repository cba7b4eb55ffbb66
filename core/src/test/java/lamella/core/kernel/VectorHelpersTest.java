package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.BranchInstruction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * HotSpot inlines methods of at most 35 bytes of bytecode everywhere, longer ones only where it has
 * seen enough calls when it happens to compile the caller. A vector that a method returns without
 * being inlined is an object on the heap, and the loop that asked for it is never fast: the product
 * dx = dy Wᵀ stayed with plain loops for whole trainings, in most runs on some machines.
 */
class VectorHelpersTest {
  /** MaxInlineSize. */
  private static final int SHORT = 35;

  private static final List<Class<?>> KERNELS =
      List.of(
          MatrixProduct.class,
          PackedProduct.class,
          PackedTiles.class,
          Tiles.class,
          Transposition.class,
          VectorColumnSums.class,
          VectorKernels.class,
          VectorLoops.class);

  @Test
  void whatGivesAVectorIsInlinedEverywhere() throws IOException {
    List<String> vectorMethods = new ArrayList<>();
    List<String> tooLong = new ArrayList<>();
    for (Class<?> kernel : KERNELS) {
      for (MethodModel method : methods(kernel)) {
        String result = method.methodTypeSymbol().returnType().descriptorString();
        if (result.startsWith("Ljdk/incubator/vector/")) {
          String name = kernel.getSimpleName() + "." + method.methodName();
          vectorMethods.add(name);
          CodeAttribute code = (CodeAttribute) method.code().orElseThrow();
          // One object for a whole loop does not count.
          if (code.codeLength() > SHORT && !hasLoop(code)) {
            tooLong.add(name + ": " + code.codeLength() + " bytes");
          }
        }
      }
    }
    assertEquals(List.of(), tooLong);
    assertTrue(vectorMethods.contains("Transposition.load"), vectorMethods.toString());
  }

  private static List<MethodModel> methods(Class<?> type) throws IOException {
    try (InputStream bytes = type.getResourceAsStream(type.getSimpleName() + ".class")) {
      return ClassFile.of().parse(bytes.readAllBytes()).methods();
    }
  }

  private static boolean hasLoop(CodeAttribute code) {
    int at = 0;
    for (var element : code) {
      if (element instanceof BranchInstruction branch && code.labelToBci(branch.target()) <= at) {
        return true;
      }
      at += element instanceof java.lang.classfile.Instruction i ? i.sizeInBytes() : 0;
    }
    return false;
  }
}
