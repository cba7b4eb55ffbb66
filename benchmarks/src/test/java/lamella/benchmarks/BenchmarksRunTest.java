package lamella.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Every benchmark runs once, in this process, on small sizes: that it works, not how fast it is.
 */
class BenchmarksRunTest {
  private static final List<Class<?>> CLASSES =
      List.of(
          AlignmentBenchmark.class,
          AugmentationBenchmark.class,
          DeadUnitsBenchmark.class,
          GatherBenchmark.class,
          HeadLayerBenchmark.class,
          LayerBenchmark.class,
          LossBenchmark.class,
          NetworkBenchmark.class,
          OptimizerBenchmark.class,
          PeakBenchmark.class,
          PredictionBenchmark.class,
          ProductBenchmark.class,
          TableBenchmark.class);

  @Test
  void everyBenchmarkRunsAndReportsARate() throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("lamella\\.benchmarks\\..*")
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(1))
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .param("shape", "7x33x5")
                    .param("network", "5x40-8-3")
                    .param("elements", "320")
                    .param("batch", "1", "3")
                    .param("steps", "all")
                    .build())
            .run();

    Set<String> ran =
        results.stream()
            .map(result -> result.getParams().getBenchmark())
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(benchmarks(), ran);
    for (RunResult result : results) {
      String name = result.getParams().getBenchmark();
      assertTrue(result.getPrimaryResult().getScore() > 0, name);
      assertEquals(takesCounter(name), result.getSecondaryResults().containsKey("gflop"), name);
    }
  }

  @Test
  void everyForkHasTheVectorModule() {
    for (Class<?> benchmark : CLASSES) {
      Fork fork = benchmark.getAnnotation(Fork.class);
      assertEquals(
          List.of("--add-modules=jdk.incubator.vector"),
          List.of(fork.jvmArgsAppend()),
          benchmark.getSimpleName());
    }
  }

  private static Set<String> benchmarks() {
    return methods().stream()
        .map(BenchmarksRunTest::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean takesCounter(String name) {
    return methods().stream()
        .filter(method -> name(method).equals(name))
        .anyMatch(method -> List.of(method.getParameterTypes()).contains(Gflop.class));
  }

  private static List<Method> methods() {
    return CLASSES.stream()
        .flatMap(benchmark -> List.of(benchmark.getDeclaredMethods()).stream())
        .filter(method -> method.isAnnotationPresent(Benchmark.class))
        .toList();
  }

  private static String name(Method method) {
    return method.getDeclaringClass().getName() + "." + method.getName();
  }
}
