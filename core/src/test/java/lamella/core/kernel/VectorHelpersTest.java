package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.constant.ClassDesc;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * HotSpot inlines methods of at most 35 bytes of bytecode everywhere, longer ones only where it has
 * seen enough calls when it happens to compile the caller. A vector that a method returns without
 * being inlined is an object on the heap, and the loop that asked for it is never fast: the product
 * dx = dy Wᵀ alone in a process stayed with plain loops in each of seven runs on a Zen 4.
 */
class VectorHelpersTest {
  /** MaxInlineSize. */
  private static final int SHORT = 35;

  @Test
  void whatGivesAVectorIsInlinedEverywhere() throws IOException, URISyntaxException {
    List<String> vectorMethods = new ArrayList<>();
    List<String> tooLong = new ArrayList<>();
    for (ClassModel kernel : kernels()) {
      for (MethodModel method : kernel.methods()) {
        ClassDesc result = method.methodTypeSymbol().returnType();
        // A species is what vectors are made by, and no object of its own.
        if (result.packageName().equals("jdk.incubator.vector")
            && !result.displayName().equals("VectorSpecies")) {
          String name = kernel.thisClass().name() + "." + method.methodName();
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
    assertTrue(
        vectorMethods.contains("lamella/core/kernel/Transposition.load"), vectorMethods.toString());
  }

  /** All classes of the package. */
  private static List<ClassModel> kernels() throws IOException, URISyntaxException {
    Path folder =
        Path.of(MatrixProduct.class.getResource("MatrixProduct.class").toURI()).getParent();
    List<ClassModel> kernels = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.class")) {
      for (Path file : files) {
        kernels.add(ClassFile.of().parse(file));
      }
    }
    return kernels;
  }

  private static boolean hasLoop(CodeAttribute code) {
    int at = 0;
    for (CodeElement element : code) {
      if (element instanceof BranchInstruction branch && code.labelToBci(branch.target()) <= at) {
        return true;
      }
      at += element instanceof Instruction instruction ? instruction.sizeInBytes() : 0;
    }
    return false;
  }
}
