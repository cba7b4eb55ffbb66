package lamella.examples.serve;

import static lamella.examples.serve.Services.error;
import static lamella.examples.serve.Services.post;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import lamella.core.Outputs;
import lamella.examples.serve.Client.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several models in one service. */
class ModelsTest {
  private static ServedModel rings;
  private static ServedModel price;
  private static ServedModel odd;
  private static PredictionService service;

  @BeforeAll
  static void start() throws IOException {
    rings = Services.model("rings", 2, Outputs.CLASSES, 3);
    price = Services.model("price-1.0", 3, Outputs.NUMBERS, 1);
    odd = Services.model("odd näme=x", 2, Outputs.YES_NO, 2);
    service = Services.start(rings, price, odd);
  }

  @AfterAll
  static void stop() {
    service.stop(0);
  }

  @Test
  void eachAnswersUnderItsName() throws IOException {
    try (Client client = new Client(service.address())) {
      String ofRings = rings.answer(new float[] {1, 2}) + "\n";
      assertEquals(ofRings, post(client, "/models/rings/predict", "[1, 2]").body());
      assertEquals(
          price.answer(new float[] {1, 2, 3}) + "\n",
          post(client, "/models/price-1.0/predict", "[1, 2, 3]").body());
      assertEquals(
          "[" + odd.answer(new float[] {1, 2}) + "]\n",
          post(client, "/models/odd%20n%C3%A4me=x/predict", "[[1, 2]]").body());
      assertEquals(ofRings, client.post("[1, 2]").body(), "the first one");
      Answer answer = post(client, "/models/price-1.0/predict", "[1, 2]");
      assertEquals(error(400, "expected a JSON array of 3 numbers, got 2"), answer.body());
    }
  }

  @Test
  void theListSaysWhatEachTakesAndGives() throws IOException {
    try (Client client = new Client(service.address())) {
      String list = client.ask("GET", "/models").body();
      assertEquals(
          "{\"models\": ["
              + String.join(
                  ", ", List.of(rings.description(), price.description(), odd.description()))
              + "]}\n",
          list);
      for (String path : List.of("/models/price-1.0", "/models/price-1.0/predict")) {
        assertEquals(price.description() + "\n", client.ask("GET", path).body());
      }
      assertEquals(rings.description() + "\n", client.ask("GET", "/model").body());
      assertEquals(
          "{\"name\": \"price-1.0\", \"network\": \"Network([3] -> Linear(3 -> 16) -> ReLU ->"
              + " Linear(16 -> 1))\", \"type\": \"float32\", \"inputs\": [3], \"outputs\": [1],"
              + " \"meaning\": \"numbers\", \"lamella\": \""
              + ServedModel.version()
              + "\"}",
          price.description());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /models/ring, ring",
    "POST, /models/ring/predict, ring",
    "GET, /models/Rings, Rings",
    "POST, /models/a%22b/predict, a\"b",
    "GET, /v2/models/ring, ring",
    "GET, /v2/models/ring/ready, ring",
    "POST, /v2/models/ring/infer, ring",
  })
  void aNameThatIsNotThereIsAnsweredByThoseThatAre(String method, String path, String name)
      throws IOException {
    try (Client client = new Client(service.address())) {
      Answer answer = client.ask(method, path);
      assertEquals(404, answer.status());
      String problem = "no model " + name + " here, but rings, price-1.0, odd näme=x";
      assertEquals(error(404, problem), answer.body());
      assertEquals(200, client.post("[1, 2]").status(), "the connection goes on");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/models/", "/models/rings/", "/models/rings/x", "/models/rings/predict/",
            "/models/rings/infer",
        "/models/rings/ready", "/v2/models", "/v2/models/", "/v2/models/rings/",
            "/v2/models/rings/predict",
        "/v2/health", "/v3"
      })
  void otherPathsAreNotThere(String path) throws IOException {
    try (Client client = new Client(service.address())) {
      Answer answer = client.ask("GET", path);
      assertEquals(404, answer.status());
      String begin = "{\"status\": 404, \"error\": \"no " + path + " here, but POST /predict, ";
      assertTrue(answer.body().startsWith(begin), answer.body());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/models                | GET, HEAD, OPTIONS",
        "/models/rings          | GET, HEAD, OPTIONS",
        "/models/rings/predict  | GET, HEAD, OPTIONS, POST",
        "/metrics               | GET, HEAD, OPTIONS",
        "/v2                    | GET, HEAD, OPTIONS",
        "/v2/models/rings       | GET, HEAD, OPTIONS",
        "/v2/models/rings/infer | OPTIONS, POST",
      })
  void everyPathSaysItsMethods(String path, String methods) throws IOException {
    try (Client client = new Client(service.address())) {
      Answer options = client.ask("OPTIONS", path);
      assertEquals(204, options.status());
      assertEquals(methods, options.headers().get("allow"));
      Answer refused = client.ask("DELETE", path);
      assertEquals(405, refused.status());
      assertEquals(
          error(405, "expected " + methods + " for " + path + ", got DELETE"), refused.body());
      if (methods.contains("GET")) {
        assertEquals("", client.ask("HEAD", path).body());
      }
    }
  }

  @Test
  void itIsReadyWhenAllAre() throws IOException {
    ServedModel broken = Services.broken("broken");
    PredictionService both = Services.start(rings, broken);
    try (Client client = new Client(both.address())) {
      String why =
          "the model broken cannot predict: Predictor: outputs are not finite numbers; the network has"
              + " NaN in layer 0 Linear(2 -> 16): weight, as after a training that diverged";
      for (String path : List.of("/ready", "/v2/health/ready", "/v2/models/broken/ready")) {
        Answer answer = client.ask("GET", path);
        assertEquals(503, answer.status());
        assertEquals(error(503, why), answer.body());
      }
      assertEquals(
          "{\"name\": \"rings\", \"ready\": true}\n",
          client.ask("GET", "/v2/models/rings/ready").body());
      assertEquals(200, post(client, "/models/rings/predict", "[1, 2]").status());
      assertEquals(500, post(client, "/models/broken/predict", "[[1, 2]]").status());
      assertEquals(200, client.ask("GET", "/live").status());
    } finally {
      both.stop(0);
    }
  }

  @Test
  void namesAreDifferentPartsOfAPath() {
    for (String name : List.of("", "a/b")) {
      assertEquals(
          "expected a model's name, which is a part of a path, without '/', got '" + name + "'",
          assertThrows(
                  IllegalArgumentException.class, () -> Services.model(name, 2, Outputs.CLASSES, 2))
              .getMessage());
    }
    assertEquals(
        "two models have the name rings",
        assertThrows(IllegalArgumentException.class, () -> Services.start(rings, rings))
            .getMessage());
  }

  @Test
  void aModelHasTheNameOfItsFileWithoutTheEnding() {
    assertEquals("rings", Servable.nameOf(Path.of("a", "rings.safetensors")));
    assertEquals("rings.v2", Servable.nameOf(Path.of("rings.v2.onnx")));
    assertEquals("rings", Servable.nameOf(Path.of("rings")));
    assertEquals(".hidden", Servable.nameOf(Path.of(".hidden")));
    assertEquals("run", Servable.nameOf(Path.of("run", ".")));
  }
}
