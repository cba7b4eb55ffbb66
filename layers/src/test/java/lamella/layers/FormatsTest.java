package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashSet;
import java.util.Set;
import lamella.core.io.LayerFormat;
import org.junit.jupiter.api.Test;

class FormatsTest {
  private final Formats formats = new Formats();

  @Test
  void eachTypeIsFoundAloneAndIsOfAClassOfItsOwn() {
    Set<Class<?>> classes = new HashSet<>();
    for (LayerFormat<?> listed : formats.formats()) {
      LayerFormat<?> alone = formats.format(listed.type());
      assertNotNull(alone, listed.type());
      assertEquals(listed.type(), alone.type());
      assertEquals(listed.layerClass(), alone.layerClass());
      classes.add(listed.layerClass());
    }
    assertEquals(formats.formats().size(), classes.size());
  }

  @Test
  void anotherTypeIsNone() {
    assertNull(formats.format("lamella.Network"));
    assertNull(formats.format("lamella.linear"));
  }
}
