package net.wawp.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** One WhatsApp session hosted by Wawp. {@code kubectl get} shows the columns in this order. */
@Group(WhatsAppSession.GROUP)
@Version("v1alpha1")
// named, or each new object would derive it anew by regular expressions
@Plural("whatsappsessions")
@ShortNames("was")
@Categories("wawp")
@AdditionalPrinterColumn(name = "Desired", jsonPath = ".spec.desiredState")
@AdditionalPrinterColumn(name = "State", jsonPath = ".status.sessionState")
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(
        name = "Since",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].lastTransitionTime",
        type = Type.DATE)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(name = "Instance", jsonPath = ".status.instanceId", priority = 1)
@AdditionalPrinterColumn(name = "Account", jsonPath = ".status.account.id", priority = 1)
@AdditionalPrinterColumn(name = "Message", jsonPath = ".status.conditions[?(@.type==\"Ready\")].message", priority = 1)
public class WhatsAppSession extends CustomResource<WhatsAppSessionSpec, WhatsAppSessionStatus> implements Namespaced {

    public static final String GROUP = "wawp.net";

    private static final long serialVersionUID = 1;

    @Override
    @Required
    @JsonPropertyDescription("The desired state of the session, and how to reach it.")
    public WhatsAppSessionSpec getSpec() {
        return super.getSpec();
    }

    // -1: tools that wait (kstatus) must not take a resource for done that the operator has not reconciled
    @Override
    @Default("{\"observedGeneration\": -1}")
    @JsonPropertyDescription("The observed state of the session. Only the operator writes it.")
    public WhatsAppSessionStatus getStatus() {
        return super.getStatus();
    }
}
