package net.wawp.operator.controller;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.api.v1alpha1.DeletionPolicy;
import net.wawp.operator.api.v1alpha1.PairingMode;
import net.wawp.operator.api.v1alpha1.PairingSpec;
import net.wawp.operator.api.v1alpha1.WhatsAppSessionSpec;
import net.wawp.operator.schedule.RunningWindows;
import net.wawp.operator.session.Desired;
import net.wawp.operator.session.PhoneNumber;
import net.wawp.operator.time.GoDuration;

/**
 * Reads a spec once more, although the API server validates it: the CRD in a cluster may be older or edited, and what
 * makes no sense must lead to a message, never to a call.
 */
final class SpecReader {

    private static final Pattern INSTANCE_ID = Pattern.compile("[0-9A-Za-z]{6,64}");
    private static final Pattern DNS_LABELS =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern SECRET_KEY = Pattern.compile("[-._0-9A-Za-z]{1,253}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{6,20}");
    private static final int MAX_NAME_LENGTH = 253;

    private final Duration defaultPollInterval;

    SpecReader(Duration defaultPollInterval) {
        this.defaultPollInterval = defaultPollInterval;
    }

    /** What a spec says. */
    sealed interface Reading {}

    /** A spec that makes sense. */
    record Spec(
            Desired desired,
            Optional<String> instanceId,
            CredentialsSecretRef secret,
            boolean suspended,
            Duration pollInterval,
            DeletionPolicy deletionPolicy,
            Duration startingTimeout,
            int maxRestarts,
            PairingMode pairingMode,
            Optional<PhoneNumber> expectedNumber,
            Optional<RunningWindows> runningHours,
            Optional<Duration> idleTimeout)
            implements Reading {}

    /** A spec that makes none: a sentence that names the field and says what is right. */
    record Unreadable(String message) implements Reading {}

    /** Stands in for a spec that makes no sense: asks for nothing. */
    Spec harmless() {
        return new Spec(
                Desired.Stopped,
                Optional.empty(),
                new CredentialsSecretRef(""),
                false,
                defaultPollInterval,
                DeletionPolicy.Retain,
                Duration.ofMinutes(1),
                0,
                PairingMode.None,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    Reading read(WhatsAppSessionSpec spec) {
        if (spec == null || spec.desiredState() == null) {
            return new Unreadable("spec.desiredState must be Running, Stopped or LoggedOut.");
        }
        if (spec.credentialsSecretRef() == null
                || spec.credentialsSecretRef().name() == null
                || spec.credentialsSecretRef().name().isBlank()) {
            return new Unreadable("spec.credentialsSecretRef.name must name the Secret with the access token.");
        }
        if (!isSubdomainName(spec.credentialsSecretRef().name())) {
            return new Unreadable("spec.credentialsSecretRef.name must be the name of a Secret: at most 253 lower-case"
                    + " letters, digits, '-' and '.', with a letter or digit first and last.");
        }
        if (!isSecretKey(spec.credentialsSecretRef().accessTokenKey())
                || !isSecretKey(spec.credentialsSecretRef().instanceIdKey())) {
            return new Unreadable(
                    "spec.credentialsSecretRef must name keys of a Secret: at most 253 letters, digits, '-',"
                            + " '_' and '.'.");
        }
        if (spec.credentialsSecretRef()
                .accessTokenKey()
                .equals(spec.credentialsSecretRef().instanceIdKey())) {
            return new Unreadable(
                    "spec.credentialsSecretRef must name two different keys for access token and instance" + " id.");
        }
        if (spec.instanceId() != null && !isInstanceId(spec.instanceId())) {
            return new Unreadable("spec.instanceId must be 6 to 64 letters and digits.");
        }
        Optional<Duration> poll = spec.pollInterval() == null
                ? Optional.of(defaultPollInterval)
                : within(spec.pollInterval(), Duration.ofSeconds(5), Duration.ofHours(24));
        if (poll.isEmpty()) {
            return new Unreadable("spec.pollInterval must be a duration from 5s to 24h.");
        }
        Optional<Duration> starting =
                within(spec.recovery().startingTimeout(), Duration.ofSeconds(10), Duration.ofMinutes(30));
        if (starting.isEmpty()) {
            return new Unreadable("spec.recovery.startingTimeout must be a duration from 10s to 30m.");
        }
        int maxRestarts = spec.recovery().maxRestarts();
        if (maxRestarts < 0 || maxRestarts > 100) {
            return new Unreadable("spec.recovery.maxRestarts must be a number from 0 to 100.");
        }
        PairingSpec pairing = spec.pairing() == null ? PairingSpec.DEFAULT : spec.pairing();
        if (pairing.expectedAccount() != null
                && !NUMBER.matcher(pairing.expectedAccount()).matches()) {
            return new Unreadable("spec.pairing.expectedAccount must be a phone number with its country code: 6 to 20"
                    + " digits and nothing else.");
        }
        Optional<Duration> idle = within(spec.idleTimeout(), Duration.ofHours(1), Duration.ofHours(720));
        if (spec.idleTimeout() != null && idle.isEmpty()) {
            return new Unreadable("spec.idleTimeout must be a duration from 1h to 720h.");
        }
        Optional<RunningWindows> hours;
        try {
            hours = RunningHoursReader.read(spec.runningHours());
        } catch (IllegalArgumentException e) {
            return new Unreadable(e.getMessage());
        }
        return new Spec(
                switch (spec.desiredState()) {
                    case Running -> Desired.Running;
                    case Stopped -> Desired.Stopped;
                    case LoggedOut -> Desired.LoggedOut;
                },
                Optional.ofNullable(spec.instanceId()),
                spec.credentialsSecretRef(),
                Boolean.TRUE.equals(spec.suspend()),
                poll.get(),
                spec.deletionPolicy(),
                starting.get(),
                maxRestarts,
                pairing.mode(),
                Optional.ofNullable(pairing.expectedAccount()).map(PhoneNumber::new),
                hours,
                idle);
    }

    static boolean isInstanceId(String text) {
        return INSTANCE_ID.matcher(text).matches();
    }

    /** The key becomes part of messages. */
    private static boolean isSecretKey(String text) {
        return SECRET_KEY.matcher(text).matches();
    }

    /** The name becomes part of a URL. */
    private static boolean isSubdomainName(String text) {
        return text.length() <= MAX_NAME_LENGTH && DNS_LABELS.matcher(text).matches();
    }

    /** Empty where it is absent, no duration or not within the bounds. */
    static Optional<Duration> within(String text, Duration least, Duration most) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            Duration duration = GoDuration.parse(text);
            boolean within = duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0;
            return within ? Optional.of(duration) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
