package lamella.examples.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.apache.spark.deploy.SparkSubmit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job runs by a plain java and by spark-submit, as the guide's page spark.md says, on generated
 * data and on a file. About 40 seconds, in JVMs of their own.
 */
class TrainAndScoreTest {
  private static final String[] QUICK = {"--epochs", "8"};

  @TempDir Path work;

  @Test
  void bothCommandsRunAndGiveTheSameBits() throws Exception {
    Jvm plain =
        Jvm.java(
                work,
                TrainAndScore.class,
                "--master",
                "local[2]",
                "--epochs",
                "8",
                "--model",
                work.resolve("model").toString())
            .requireSuccess();
    assertTrue(plain.line("fingerprint").matches("fingerprint [0-9a-f]{64}"), plain::toString);
    double accuracy = Double.parseDouble(plain.line("accuracy").split(" ", 3)[1]);
    assertTrue(accuracy > 0.85, plain::toString);
    assertTrue(Files.exists(work.resolve("model/metadata")), plain::toString);

    Jvm submitted = submit("local[1]", QUICK).requireSuccess();
    assertEquals(plain.line("fingerprint"), submitted.line("fingerprint"));
    assertEquals(plain.line("accuracy"), submitted.line("accuracy"));
  }

  /** What the script spark-submit does: asks Spark's launcher for a command, and runs it. */
  private Jvm submit(String master, String... arguments) throws Exception {
    List<String> ours = new ArrayList<>();
    List<String> spark = new ArrayList<>();
    for (String entry : Jvm.classPath()) {
      Path path = Path.of(entry);
      boolean isOurs =
          Files.isDirectory(path) || path.getFileName().toString().startsWith("lamella-");
      if (!isOurs) {
        spark.add(entry);
      } else if (Files.exists(path)) {
        ours.add(Files.isDirectory(path) ? jar(path, ours.size()).toString() : entry);
      }
    }
    String sparkPath = String.join(File.pathSeparator, spark);
    List<String> launcher = new ArrayList<>();
    launcher.add(Jvm.java().toString());
    launcher.addAll(List.of("-cp", sparkPath, "org.apache.spark.launcher.Main"));
    launcher.addAll(List.of(SparkSubmit.class.getName(), "--master", master));
    launcher.addAll(List.of("--driver-class-path", sparkPath, "--driver-memory", "1g"));
    launcher.addAll(List.of("--conf", "spark.ui.enabled=false"));
    launcher.addAll(List.of("--jars", String.join(",", ours)));
    launcher.addAll(List.of("--class", TrainAndScore.class.getName(), jarOfTheJob(ours)));
    launcher.addAll(List.of(arguments));
    Jvm launched = Jvm.run(work, launcher).requireSuccess();
    // Its words end with a zero byte each; a line feed or two may come before.
    List<String> command =
        Stream.of(launched.out().strip().split("\0"))
            .map(String::strip)
            .filter(word -> !word.isEmpty())
            .toList();
    return Jvm.run(work, command);
  }

  private static String jarOfTheJob(List<String> jars) throws IOException {
    String entry = TrainAndScore.class.getName().replace('.', '/') + ".class";
    for (String file : jars) {
      try (java.util.jar.JarFile jar = new java.util.jar.JarFile(file)) {
        if (jar.getEntry(entry) != null) {
          return file;
        }
      }
    }
    throw new AssertionError(jars.toString());
  }

  private Path jar(Path classes, int number) throws IOException {
    Path jar = work.resolve("lamella-" + number + ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> all = Files.walk(classes)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(path).toString().replace('\\', '/')));
        Files.copy(path, out);
        out.closeEntry();
      }
    }
    return jar;
  }

  @Test
  void aFileWithGapsAndCategoriesIsLearned() throws Exception {
    Path penguins = Jvm.options().resolve("../../../../../../examples/guide/penguins.csv");
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = System.out;
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      TrainAndScore.main(
          new String[] {
            "--master",
            "local[2]",
            "--data",
            penguins.normalize().toString(),
            "--label",
            "species",
            "--epochs",
            "40"
          });
    } finally {
      System.setOut(out);
    }
    Jvm job = new Jvm(0, said.toString(StandardCharsets.UTF_8), "");
    double accuracy = Double.parseDouble(job.line("accuracy").split(" ", 3)[1]);
    assertTrue(accuracy > 0.9, job::toString);
  }

  @Test
  void mistakesAreOneLine() throws Exception {
    assertMistake("unknown option --dta", "--dta", "x");
    assertMistake("there is no nowhere.csv", "--master", "local[1]", "--data", "nowhere.csv");
  }

  private void assertMistake(String message, String... arguments) throws Exception {
    Jvm job = Jvm.java(work, TrainAndScore.class, arguments);
    assertEquals(1, job.status(), job::toString);
    assertTrue(
        job.errors()
            .lines()
            .anyMatch(line -> line.startsWith("TrainAndScore: ") && line.contains(message)),
        job::toString);
    assertTrue(job.errors().lines().noneMatch(line -> line.startsWith("\tat ")), job::toString);
  }
}
