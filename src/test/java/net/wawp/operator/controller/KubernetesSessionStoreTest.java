package net.wawp.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.lang.reflect.Proxy;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.kubernetes.WriteHealth;
import net.wawp.operator.testing.FaultyApiServer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writes that an API server does not take. */
class KubernetesSessionStoreTest {

    private final FaultyApiServer api = new FaultyApiServer();
    private final KubernetesClient client = api.client();
    private final WriteHealth writes = new WriteHealth();
    private final SessionStore store = new KubernetesSessionStore(contextOf(client), writes);
    private WhatsAppSession session;

    @BeforeEach
    void aSession() {
        WhatsAppSession line = new WhatsAppSession();
        line.getMetadata().setNamespace("crm");
        line.getMetadata().setName("support-line");
        session = client.resource(line).create();
        api.refuse(request -> true, 503, "the API server is away");
    }

    @AfterEach
    void close() {
        client.close();
        api.close();
    }

    @Test
    void aStatusThatCouldNotBeWrittenIsNotSentAgainSinceAnotherProcessMayLeadByThen() {
        assertSentOnce(() -> store.writeStatus(session, null));
    }

    @Test
    void norIsAFinalizer() {
        assertSentOnce(() -> store.addFinalizer(session, "wawp.net/session"));
    }

    @Test
    void aFinalizerThatIsWrittenDoesNotHideThatAStatusCannotBe() {
        String refusal = "whatsappsessions.wawp.net \"support-line\" is forbidden: User \"operator\" cannot update"
                + " resource \"whatsappsessions/status\" in API group \"wawp.net\" in the namespace \"crm\"";
        writes.failed(
                "crm",
                "support-line",
                new KubernetesClientException(
                        refusal,
                        403,
                        new StatusBuilder().withCode(403).withMessage(refusal).build()));
        api.recover();

        store.addFinalizer(session, "wawp.net/session");

        assertThat(writes.readiness().isGood()).isFalse();
    }

    private void assertSentOnce(ThrowingCallable write) {
        int before = api.methods().size();

        assertThatThrownBy(write).isInstanceOf(KubernetesClientException.class);

        assertThat(api.methods()).hasSize(before + 1);
    }

    /** As much of the framework as a write needs that is not taken. */
    @SuppressWarnings("unchecked")
    private static Context<WhatsAppSession> contextOf(KubernetesClient client) {
        return (Context<WhatsAppSession>) Proxy.newProxyInstance(
                Context.class.getClassLoader(), new Class<?>[] {Context.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("getClient");
                    return client;
                });
    }
}
