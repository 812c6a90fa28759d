package net.wawp.operator.session;

/**
 * All that a decision is made of.
 *
 * @param target what the resource asks for
 * @param observation what polling has shown
 * @param progress how far the session has come
 * @param secret what its Secret gives
 * @param ownership how it stands to other resources
 * @param pairing how far a request to link a phone has come
 */
public record PolicyInputs(
        Target target,
        Observation observation,
        Progress progress,
        SecretState secret,
        Ownership ownership,
        PairingProgress pairing) {}
