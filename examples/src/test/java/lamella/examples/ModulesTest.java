package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Opens;
import java.lang.module.ModuleDescriptor.Provides;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lamella.check.GradientCheck;
import lamella.contract.LayerContract;
import lamella.core.Network;
import lamella.data.cifar.Cifar10;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Sgd;
import lamella.optim.contract.OptimizerContract;
import org.junit.jupiter.api.Test;

/** What the published modules ask of others and offer them, compared with what was agreed to. */
class ModulesTest {
  private static final String AGREED = "src/test/resources/lamella/examples/modules.txt";

  @Test
  void theDescriptorsAreThoseAgreedTo() throws IOException {
    String descriptors =
        Stream.of(
                Network.class,
                GradientCheck.class,
                LayerContract.class,
                Linear.class,
                SoftmaxCrossEntropy.class,
                Sgd.class,
                OptimizerContract.class,
                Cifar10.class)
            .map(ModulesTest::descriptor)
            .map(ModulesTest::text)
            .collect(Collectors.joining("\n"));
    Path found = Path.of("target", "modules.txt");
    Files.writeString(found, descriptors);
    try (InputStream agreed = ModulesTest.class.getResourceAsStream("modules.txt")) {
      assertEquals(
          new String(agreed.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n"),
          descriptors,
          "a module's descriptor has changed; if users are to have it so: in examples, cp "
              + found
              + " "
              + AGREED);
    }
  }

  /** The descriptor in the jar or directory that a class comes from. */
  private static ModuleDescriptor descriptor(Class<?> type) {
    try {
      Path place = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
      return ModuleFinder.of(place).findAll().iterator().next().descriptor();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static String text(ModuleDescriptor module) {
    TreeSet<String> lines = new TreeSet<>();
    for (Requires requires : module.requires()) {
      lines.add("requires " + modifiers(requires.modifiers()) + requires.name());
    }
    for (Exports exports : module.exports()) {
      lines.add("exports " + exports.source() + to(exports.targets()));
    }
    for (Opens opens : module.opens()) {
      lines.add("opens " + opens.source() + to(opens.targets()));
    }
    for (Provides provides : module.provides()) {
      lines.add("provides " + provides.service() + " with " + listed(provides.providers()));
    }
    for (String service : module.uses()) {
      lines.add("uses " + service);
    }
    StringBuilder text = new StringBuilder();
    text.append(modifiers(module.modifiers())).append("module ").append(module.name()).append('\n');
    lines.forEach(line -> text.append("  ").append(line).append('\n'));
    return text.toString();
  }

  private static String modifiers(Set<?> modifiers) {
    return modifiers.stream()
        .map(modifier -> modifier.toString().toLowerCase(Locale.ROOT) + " ")
        .sorted()
        .collect(Collectors.joining());
  }

  private static String to(Set<String> targets) {
    return targets.isEmpty() ? "" : " to " + listed(targets);
  }

  private static String listed(Collection<String> names) {
    return names.stream().sorted().collect(Collectors.joining(", "));
  }
}
