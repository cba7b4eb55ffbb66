package lamella.core;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A map whose keys are compared by identity and held weakly: an entry goes when nobody else holds
 * its key.
 *
 * <p>A value is held strongly as long as its key lives; one that holds its own key keeps the entry
 * for ever. Looking up allocates nothing. Entries whose keys were collected are removed by the next
 * call that changes the map or asks for its size. Not safe to share between threads.
 *
 * @param <K> the keys
 * @param <V> the values
 */
final class WeakIdentityMap<K, V> {
  private static final int INITIAL_BUCKETS = 16;

  private static final class Entry<K, V> extends WeakReference<K> {
    private final int hash;
    private V value;
    private @Nullable Entry<K, V> next;

    private Entry(
        K key, int hash, V value, ReferenceQueue<K> collected, @Nullable Entry<K, V> next) {
      super(key, collected);
      this.hash = hash;
      this.value = value;
      this.next = next;
    }
  }

  private final ReferenceQueue<K> collected = new ReferenceQueue<>();
  private @Nullable Entry<K, V>[] buckets = newBuckets(INITIAL_BUCKETS);
  private int size;

  /** An empty map. */
  public WeakIdentityMap() {}

  @SuppressWarnings({
    "unchecked",
    "rawtypes"
  }) // an array of a generic type can be made in no other way
  private static <K, V> @Nullable Entry<K, V>[] newBuckets(int length) {
    return new Entry[length];
  }

  /**
   * {@return the value of this very object; null if it has none}
   *
   * @param key any object
   */
  public @Nullable V get(K key) {
    Entry<K, V> entry = entry(key);
    return entry == null ? null : entry.value;
  }

  /**
   * Gives this very object a value.
   *
   * @param key held weakly
   * @param value held strongly; it must not hold the key
   * @return the value it had; null if it had none
   */
  public @Nullable V put(K key, V value) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(value, "value");
    removeCollected();
    Entry<K, V> entry = entry(key);
    if (entry != null) {
      V before = entry.value;
      entry.value = value;
      return before;
    }
    if (size == buckets.length) {
      grow();
    }
    int hash = System.identityHashCode(key);
    int bucket = bucket(hash);
    buckets[bucket] = new Entry<>(key, hash, value, collected, buckets[bucket]);
    size++;
    return null;
  }

  /**
   * Removes this very object.
   *
   * @param key any object
   * @return the value it had; null if it had none
   */
  public @Nullable V remove(K key) {
    removeCollected();
    Entry<K, V> entry = entry(key);
    if (entry == null) {
      return null;
    }
    unlink(entry);
    return entry.value;
  }

  /** Removes everything. */
  public void clear() {
    buckets = newBuckets(INITIAL_BUCKETS);
    size = 0;
  }

  /** {@return the number of keys; some of them may be collected the next moment} */
  public int size() {
    removeCollected();
    return size;
  }

  /**
   * Calls for each key that is still there, in no particular order. The map must not be changed
   * meanwhile.
   *
   * @param action given a key and its value
   */
  public void forEach(BiConsumer<? super K, ? super V> action) {
    removeCollected();
    for (Entry<K, V> first : buckets) {
      for (Entry<K, V> entry = first; entry != null; entry = entry.next) {
        K key = entry.get();
        if (key != null) {
          action.accept(key, entry.value);
        }
      }
    }
  }

  private int bucket(int hash) {
    // Identity hash codes have 25 to 31 random bits; the length is a power of two.
    return (hash ^ (hash >>> 16)) & (buckets.length - 1);
  }

  private @Nullable Entry<K, V> entry(K key) {
    Entry<K, V> entry = buckets[bucket(System.identityHashCode(key))];
    while (entry != null && !entry.refersTo(key)) {
      entry = entry.next;
    }
    return entry;
  }

  private void grow() {
    @Nullable Entry<K, V>[] old = buckets;
    buckets = newBuckets(2 * old.length);
    for (Entry<K, V> first : old) {
      Entry<K, V> entry = first;
      while (entry != null) {
        Entry<K, V> next = entry.next;
        int bucket = bucket(entry.hash);
        entry.next = buckets[bucket];
        buckets[bucket] = entry;
        entry = next;
      }
    }
  }

  @SuppressWarnings("unchecked") // the queue is given this map's entries only
  private void removeCollected() {
    for (Object entry = collected.poll(); entry != null; entry = collected.poll()) {
      unlink((Entry<K, V>) entry);
    }
  }

  /** Takes an entry out of its bucket, if it is still there: {@link #clear} leaves some behind. */
  @SuppressWarnings("ReferenceEquality") // an entry is itself
  private void unlink(Entry<K, V> gone) {
    int bucket = bucket(gone.hash);
    Entry<K, V> before = null;
    for (Entry<K, V> entry = buckets[bucket]; entry != null; entry = entry.next) {
      if (entry == gone) {
        if (before == null) {
          buckets[bucket] = entry.next;
        } else {
          before.next = entry.next;
        }
        size--;
        return;
      }
      before = entry;
    }
  }
}
