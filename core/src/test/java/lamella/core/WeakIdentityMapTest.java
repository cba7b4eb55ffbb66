package lamella.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class WeakIdentityMapTest {
  private record Key(int number) {}

  @Test
  void keysAreTheObjectsThemselvesNotTheirEquals() {
    WeakIdentityMap<Key, String> map = new WeakIdentityMap<>();
    Key one = new Key(1);
    Key equal = new Key(1);
    assertNull(map.put(one, "one"));
    assertEquals("one", map.get(one));
    assertNull(map.get(equal));
    assertNull(map.put(equal, "equal"));
    assertEquals("one", map.put(one, "again"));
    assertEquals(2, map.size());
    assertEquals("again", map.remove(one));
    assertNull(map.remove(one));
    assertEquals("equal", map.get(equal));
    assertEquals(1, map.size());
    map.clear();
    assertNull(map.get(equal));
    assertEquals(0, map.size());
  }

  @Test
  void holdsAnyNumberAndFindsEach() {
    WeakIdentityMap<Key, Integer> map = new WeakIdentityMap<>();
    List<Key> keys = new ArrayList<>();
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    Set<Integer> expected = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      Key key = new Key(i);
      keys.add(key);
      map.put(key, i);
      expected.add(i);
      if (random.nextInt(3) == 0) {
        int gone = random.nextInt(keys.size());
        assertEquals(expected.remove(gone) ? (Integer) gone : null, map.remove(keys.get(gone)));
      }
    }
    assertEquals(expected.size(), map.size());
    for (int i = 0; i < keys.size(); i++) {
      assertEquals(expected.contains(i) ? (Integer) i : null, map.get(keys.get(i)));
    }
    Set<Integer> visited = new HashSet<>();
    map.forEach((key, value) -> {
      assertEquals(key.number(), value);
      assertTrue(visited.add(value));
    });
    assertEquals(expected, visited);
  }

  @Test
  void forgetsWhatNobodyElseHolds() throws InterruptedException {
    WeakIdentityMap<Key, byte[]> map = new WeakIdentityMap<>();
    Key kept = new Key(-1);
    map.put(kept, new byte[] {1});
    List<WeakReference<byte[]>> values = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      byte[] value = new byte[1000];
      values.add(new WeakReference<>(value));
      map.put(new Key(i), value);
    }
    long end = System.nanoTime() + 20_000_000_000L;
    while (map.size() > 1 && System.nanoTime() < end) {
      System.gc();
      Thread.sleep(10);
    }
    assertEquals(1, map.size());
    assertNotNull(map.get(kept));
    while (values.stream().anyMatch(value -> value.get() != null) && System.nanoTime() < end) {
      System.gc();
      Thread.sleep(10);
    }
    assertTrue(values.stream().allMatch(value -> value.get() == null), "values are kept");
  }

  @Test
  void clearedMapsAreNotHurtByKeysCollectedLater() throws InterruptedException {
    WeakIdentityMap<Key, Integer> map = new WeakIdentityMap<>();
    WeakReference<Key> gone = fillAndClear(map);
    Key kept = new Key(7);
    map.put(kept, 7);
    long end = System.nanoTime() + 20_000_000_000L;
    while (gone.get() != null && System.nanoTime() < end) {
      System.gc();
      Thread.sleep(10);
    }
    assertNull(gone.get());
    assertEquals(1, map.size());
    assertEquals(7, map.get(kept));
  }

  private static WeakReference<Key> fillAndClear(WeakIdentityMap<Key, Integer> map) {
    Key key = new Key(3);
    map.put(key, 3);
    map.clear();
    return new WeakReference<>(key);
  }
}
