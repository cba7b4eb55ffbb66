package lamella.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pairs of times, ours and a peer's, taken one after the other; by peer and workload. */
final class Contest {

  /** Microseconds of the same work in two processes that ran one after the other. */
  record Pair(double ours, double theirs) {
    double ratio() {
      return theirs / ours;
    }
  }

  /** A ratio over all pairs: theirs / ours, above 1 if ours is faster. */
  record Ratio(double median, double least, double most) {
    static Ratio of(Collection<Double> ratios) {
      double[] values = ratios.stream().mapToDouble(Double::doubleValue).toArray();
      double least = Double.POSITIVE_INFINITY;
      double most = 0;
      for (double value : values) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      return new Ratio(TimedProcess.median(values), least, most);
    }
  }

  private final Map<String, Map<String, List<Pair>>> pairs = new LinkedHashMap<>();

  /** By peer and workload. */
  private final Map<String, Map<String, String>> settings = new LinkedHashMap<>();

  void add(String peer, String workload, Pair pair) {
    pairs
        .computeIfAbsent(peer, key -> new LinkedHashMap<>())
        .computeIfAbsent(workload, key -> new ArrayList<>())
        .add(pair);
  }

  /** Says in which of its settings a peer was fastest this time. */
  void setting(String peer, String workload, String setting) {
    settings.computeIfAbsent(peer, key -> new LinkedHashMap<>()).put(workload, setting);
  }

  /** The setting in which the peer was fastest last; empty if it has one only. */
  String setting(String peer, String workload) {
    return settings.getOrDefault(peer, Map.of()).getOrDefault(workload, "");
  }

  /** The peers that took part. */
  Collection<String> peers() {
    return pairs.keySet();
  }

  /** What was measured against this peer. */
  Collection<String> workloads(String peer) {
    return pairs.getOrDefault(peer, Map.of()).keySet();
  }

  /** In the order they were taken; empty if there are none. */
  List<Pair> pairs(String peer, String workload) {
    return pairs.getOrDefault(peer, Map.of()).getOrDefault(workload, List.of());
  }

  /** Theirs / ours; null if it was not measured. */
  @Nullable Ratio ratio(String peer, String workload) {
    List<Pair> measured = pairs(peer, workload);
    return measured.isEmpty() ? null : Ratio.of(measured.stream().map(Pair::ratio).toList());
  }

  /**
   * The faster of some peers / ours: pair by pair the least of their ratios. Null if one of them is
   * missing.
   */
  @Nullable Ratio ratioToFastest(List<String> peers, String workload) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; ; i++) {
      double least = Double.POSITIVE_INFINITY;
      for (String peer : peers) {
        List<Pair> measured = pairs(peer, workload);
        if (i >= measured.size()) {
          return ratios.isEmpty() ? null : Ratio.of(ratios);
        }
        least = Math.min(least, measured.get(i).ratio());
      }
      ratios.add(least);
    }
  }

  /** The median of our times against this peer, in microseconds. */
  double ours(String peer, String workload) {
    return TimedProcess.median(pairs(peer, workload).stream().mapToDouble(Pair::ours).toArray());
  }

  /** The median of the peer's times, in microseconds. */
  double theirs(String peer, String workload) {
    return TimedProcess.median(pairs(peer, workload).stream().mapToDouble(Pair::theirs).toArray());
  }
}
