package net.wawp.operator.management;

import java.io.IOException;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks a running operator whether it is ready: what {@code helm test} runs in the operator's own image. */
public final class ReadinessCheck {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private ReadinessCheck() {}

    /**
     * Whether the operator at this address is ready.
     *
     * @param out gets its answer
     * @param err gets a sentence where there is no good one
     */
    public static boolean of(String address, PrintStream out, PrintStream err) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(address)).timeout(LIMIT).build();
            HttpResponse<String> response = HttpClient.newBuilder()
                    .connectTimeout(LIMIT)
                    .build()
                    .send(request, HttpResponse.BodyHandlers.ofString());
            out.println(response.body().strip());
            if (response.statusCode() != HttpURLConnection.HTTP_OK) {
                err.println("The operator is not ready: " + address + " answers " + response.statusCode());
                return false;
            }
            return true;
        } catch (IllegalArgumentException e) {
            err.println("This is no address of an operator: " + address);
        } catch (IOException e) {
            err.println("Nothing answers at " + address
                    + ": check that the operator's pods are ready, and that a NetworkPolicy"
                    + " lets this pod reach them");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
