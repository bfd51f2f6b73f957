import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;

/** Runs job.sql beside this class. A statement ends with `;` before an empty line; `${kafka}` is how tables reach the brokers. */
public final class SqlJob {
  /** Where Managed Service for Apache Flink puts the property groups of an application. */
  private static final Path PROPERTIES = Path.of("/etc/flink/application_properties.json");

  public static void main(String[] arguments) throws Exception {
    TableEnvironment tables = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
    String script = script().replace("${kafka}", kafkaOptions(eventsUrl()));
    TableResult last = null;
    for (String part : script.split(";[ \\t]*\\n[ \\t]*\\n")) {
      String statement = part.replaceAll("(?m)^\\s*--.*$", "").strip();
      if (statement.startsWith("SET ")) {
        String[] setting = statement.substring(4).split("=", 2);
        tables.getConfig().set(unquoted(setting[0]), unquoted(setting[1]));
      } else if (!statement.isEmpty()) last = tables.executeSql(statement);
    }
    // On a cluster the job goes on by itself; here the process lasts as long as a job that ends.
    if (last != null && !Files.exists(PROPERTIES)) last.await();
  }

  private static String script() throws IOException {
    try (InputStream script = SqlJob.class.getResourceAsStream("/job.sql")) {
      if (script == null) throw new IOException("job.sql is not in the JAR; build it with -Djob=<folder of the bundle>");
      return new String(script.readAllBytes(), StandardCharsets.UTF_8) + "\n\n";
    }
  }

  private static String unquoted(String word) {
    return word.strip().replaceAll("^'|'$", "");
  }

  /** EVENTS_URL as every service has it: `kafka://host:port,host:port`, with `?auth=iam` on AWS. */
  private static String eventsUrl() throws IOException {
    if (Files.exists(PROPERTIES))
      for (JsonNode group : new ObjectMapper().readTree(Files.readString(PROPERTIES)))
        if (group.path("PropertyGroupId").asText().equals("Environment"))
          return group.path("PropertyMap").path("EVENTS_URL").asText();
    String url = System.getenv("EVENTS_URL");
    if (url == null) throw new IOException("EVENTS_URL is missing; set it to kafka://<host>:<port>");
    return url;
  }

  private static String kafkaOptions(String url) {
    URI events = URI.create(url);
    String brokers = "'properties.bootstrap.servers' = '" + events.getRawAuthority() + "'";
    if (!"auth=iam".equals(events.getRawQuery())) return brokers;
    return brokers
        + ", 'properties.security.protocol' = 'SASL_SSL', 'properties.sasl.mechanism' = 'AWS_MSK_IAM'"
        + ", 'properties.sasl.jaas.config' = 'software.amazon.msk.auth.iam.IAMLoginModule required;'"
        + ", 'properties.sasl.client.callback.handler.class' = 'software.amazon.msk.auth.iam.IAMClientCallbackHandler'";
  }
}
