package net.wawp.operator.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a resource asks for.
 *
 * @param changedAt when this process first saw this generation: only later polls count for it; equal to {@link Progress#foundAt} for the
 *     generation that it found
 * @param deletedAt when this process first saw that the resource is being deleted; {@code desired} is then what the deletion policy asks for
 * @param finalizer what its deletion policy and its finalizers say
 * @param pollInterval how often a settled session is polled
 * @param startingTimeout how long STARTING may take before it counts as a failure
 * @param maxRestarts how often recovery may restart the session; 0 turns it off
 * @param problem why the spec makes no sense, in a sentence for the user; nothing else of it counts then
 * @param requestedAt when this process first saw a request (annotation) that has not been handled yet
 * @param restartRequested whether a person requested a restart that has not been handled yet
 * @param restartRefused whether the last such request was refused
 * @param servesPairing whether it hands out a way to link a phone to whoever requests one
 * @param ignored what of the resource is ignored, in a sentence for the user
 * @param rest when the session rests although it should be running
 * @param expectedNumber the only phone number that may be linked
 */
public record Target(
        long generation,
        Instant changedAt,
        Desired desired,
        boolean suspended,
        Optional<Instant> deletedAt,
        Finalizer finalizer,
        Duration pollInterval,
        Duration startingTimeout,
        int maxRestarts,
        Optional<String> problem,
        Optional<Instant> requestedAt,
        boolean restartRequested,
        boolean restartRefused,
        boolean servesPairing,
        Optional<String> ignored,
        RestRules rest,
        Optional<PhoneNumber> expectedNumber) {

    /**
     * The operator's own finalizer.
     *
     * @param wanted whether the deletion policy asks for a call
     * @param held whether the resource has it
     */
    public record Finalizer(boolean wanted, boolean held) {}

    /** A target for this generation that asks for {@code desired}, with the defaults of the API for everything else. */
    public static Builder builder(long generation, Instant changedAt, Desired desired) {
        return new Builder(generation, changedAt, desired);
    }

    /** Sets what differs from the defaults. */
    public static final class Builder {

        private final long generation;
        private final Instant changedAt;
        private final Desired desired;
        private boolean suspended;
        private Optional<Instant> deletedAt = Optional.empty();
        private Finalizer finalizer = new Finalizer(false, false);
        private Duration pollInterval = Duration.ofSeconds(60);
        private Duration startingTimeout = Duration.ofSeconds(60);
        private int maxRestarts = 3;
        private Optional<String> problem = Optional.empty();
        private Optional<Instant> requestedAt = Optional.empty();
        private boolean restartRequested;
        private boolean restartRefused;
        private boolean servesPairing;
        private Optional<String> ignored = Optional.empty();
        private RestRules rest = RestRules.NONE;
        private Optional<PhoneNumber> expectedNumber = Optional.empty();

        private Builder(long generation, Instant changedAt, Desired desired) {
            this.generation = generation;
            this.changedAt = changedAt;
            this.desired = desired;
        }

        public Builder suspended(boolean value) {
            suspended = value;
            return this;
        }

        public Builder deletedAt(Optional<Instant> value) {
            deletedAt = value;
            return this;
        }

        public Builder finalizer(Finalizer value) {
            finalizer = value;
            return this;
        }

        public Builder pollInterval(Duration value) {
            pollInterval = value;
            return this;
        }

        public Builder startingTimeout(Duration value) {
            startingTimeout = value;
            return this;
        }

        public Builder maxRestarts(int value) {
            maxRestarts = value;
            return this;
        }

        public Builder problem(Optional<String> value) {
            problem = value;
            return this;
        }

        public Builder requestedAt(Optional<Instant> value) {
            requestedAt = value;
            return this;
        }

        public Builder restartRequested(boolean value) {
            restartRequested = value;
            return this;
        }

        public Builder restartRefused(boolean value) {
            restartRefused = value;
            return this;
        }

        public Builder servesPairing(boolean value) {
            servesPairing = value;
            return this;
        }

        public Builder ignored(Optional<String> value) {
            ignored = value;
            return this;
        }

        public Builder rest(RestRules value) {
            rest = value;
            return this;
        }

        public Builder expectedNumber(Optional<PhoneNumber> value) {
            expectedNumber = value;
            return this;
        }

        public Target build() {
            return new Target(
                    generation,
                    changedAt,
                    desired,
                    suspended,
                    deletedAt,
                    finalizer,
                    pollInterval,
                    startingTimeout,
                    maxRestarts,
                    problem,
                    requestedAt,
                    restartRequested,
                    restartRefused,
                    servesPairing,
                    ignored,
                    rest,
                    expectedNumber);
        }
    }
}
