package net.wawp.operator.pairing;

/** The resource that a way to pair belongs to. */
public record PairingOwner(String uid, String namespace, String name) {

    private static final String SUFFIX = "-pairing";

    /** The name of a resource that leaves room for what its Secret is called: a name has 253 characters at most. */
    static final int LONGEST_NAME = 253 - SUFFIX.length();

    /** The name of its Secret. */
    public String secretName() {
        return name + SUFFIX;
    }
}
