package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;

/** Spark starts here, and drivers have the options that it wants. */
class HarnessTest {
  @Test
  void aSessionStartsInThisJvm() {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(TestSpark.local().sparkContext());
    List<Integer> squares =
        context
            .parallelize(List.of(1, 2, 3), 3)
            .map((Function<Integer, Integer>) i -> i * i)
            .collect();
    assertEquals(List.of(1, 4, 9), squares);
    assertEquals(2, context.defaultParallelism());
  }

  /** Or the file is out of date, and users' drivers fail. */
  @Test
  void theFileOfOptionsIsWhatSparkGivesItsOwnJvms() throws IOException {
    List<String> ours =
        Files.readAllLines(ChildDriver.options()).stream()
            .filter(line -> !line.startsWith("#"))
            .toList();
    assertEquals(JavaModuleOptions.defaultModuleOptions(), String.join(" ", ours));
  }

  @Test
  void driversHaveTheVectorApi() {
    assertNotNull(ModuleLayer.boot().findModule("jdk.incubator.vector").orElse(null));
  }
}
