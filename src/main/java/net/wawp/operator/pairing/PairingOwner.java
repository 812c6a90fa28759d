package net.wawp.operator.pairing;

/** The resource that a way to pair belongs to. */
public record PairingOwner(String uid, String namespace, String name) {

    /** The name of its Secret. */
    public String secretName() {
        return name + "-pairing";
    }
}
