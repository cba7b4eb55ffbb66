package lamella.spark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import scala.Option;

/**
 * Spark's master and workers in this JVM, as its own {@code local-cluster} has them, but each
 * worker with an address of its own on the loopback, where the system lets one: Spark starts no
 * copy of a slow task on the host where it runs already.
 */
final class TestMachines {
  private static final int MEGABYTES = 1024;

  private static TestMachines running;

  private final RpcEnv master;
  private final List<RpcEnv> workers = new ArrayList<>();

  private TestMachines(int number) {
    SparkConf conf =
        new SparkConf(false)
            .set("spark.ui.enabled", "false")
            .set("spark.master.ui.port", "0")
            .set("spark.worker.ui.port", "0")
            .set("spark.master.rest.enabled", "false")
            // Or an application whose executors were killed often is given up.
            .set("spark.deploy.maxExecutorRetries", "-1");
    master = Master.startRpcEnvAndEndpoint(host(0), 0, 0, conf)._1();
    for (int i = 0; i < number; i++) {
      workers.add(
          Worker.startRpcEnvAndEndpoint(
              host(i),
              0,
              0,
              1,
              MEGABYTES,
              new String[] {url()},
              TestSpark.home().resolve("work").toString(),
              Option.apply(i + 1),
              conf,
              Option.empty()));
    }
  }

  /** {@return a master and so many workers of one core} */
  static synchronized TestMachines of(int number) {
    if (running == null || running.workers.size() != number) {
      if (running != null) {
        TestSpark.stop();
        running.stop();
      }
      running = new TestMachines(number);
    }
    return running;
  }

  private void stop() {
    for (RpcEnv worker : workers) {
      worker.shutdown();
      worker.awaitTermination();
    }
    master.shutdown();
    master.awaitTermination();
  }

  String url() {
    return master.address().toSparkURL();
  }

  /** Whether workers have addresses of their own. */
  static boolean areSeveral() {
    return !host(1).equals(host(0));
  }

  private static String host(int number) {
    String own = "127.0.0." + (number + 1);
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(own))) {
      return socket.getInetAddress().getHostAddress();
    } catch (IOException e) {
      // Not on every system.
      return "127.0.0.1";
    }
  }
}
