package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.Secret;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import net.wawp.operator.api.v1alpha1.CredentialsSecretRef;
import net.wawp.operator.time.Backoff;

/**
 * What was last read of each Secret that a resource uses, and when to read it again. Reads asynchronously (verb {@code get} only), once
 * for all resources that share a Secret and its keys, and wakes them when something came of it. A failed read is a value too. Thread-safe; never blocks.
 *
 * <p>No namespace keeps the others waiting: each has a bounded number of reads in flight, and they take turns.
 */
final class SecretStore {

    /** How often a Secret is read again: as a matter of routine, and while a resource waits for it to change. */
    private static final Duration ROUTINE = Duration.ofMinutes(10);

    private static final Backoff WANTED = new Backoff(Duration.ofSeconds(5), 2, Duration.ofSeconds(60));

    private static final int READS_IN_FLIGHT = 64;
    private static final int READS_IN_FLIGHT_PER_NAMESPACE = 8;

    private final Function<Key, CompletionStage<ApiReader.Response<Secret>>> reader;
    private final Consumer<String> wake;
    private final InstantSource clock;
    private final Map<Key, Entry> entries = new HashMap<>();
    private final Map<String, Key> keys = new HashMap<>();
    private final Map<String, Deque<Key>> waiting = new LinkedHashMap<>();
    private final Map<String, Integer> inFlight = new HashMap<>();
    private int allInFlight;
    private boolean isStarting;

    /**
     * @param reader reads one Secret
     * @param wake given the UID of a resource that has to be reconciled
     */
    SecretStore(
            Function<Key, CompletionStage<ApiReader.Response<Secret>>> reader,
            Consumer<String> wake,
            InstantSource clock) {
        this.reader = reader;
        this.wake = wake;
        this.clock = clock;
    }

    /** @param ref nothing of the Secret is kept but the values that it names */
    record Key(String namespace, CredentialsSecretRef ref) {}

    /** What a read gave. */
    sealed interface Content {}

    /**
     * What a resource needs of it, and no more: a Secret may be large, and the memory is shared by all tenants. Decoded once for all resources
     * that use it: they share the token.
     *
     * @param type null where the Secret has none
     * @param values the texts by key, without white space around them; those that are no text, or empty, are left out
     */
    record Found(String type, Map<String, String> values) implements Content {

        /** Of one value: enough to see that it is too long. */
        private static final int MOST_CHARACTERS = CredentialsReader.MOST_TOKEN_CHARACTERS + 1;

        static Found of(Secret secret, CredentialsSecretRef ref) {
            Map<String, String> values = new HashMap<>();
            if (secret.getData() != null) {
                for (String key : List.of(ref.accessTokenKey(), ref.instanceIdKey())) {
                    Optional.ofNullable(secret.getData().get(key))
                            .flatMap(Found::decode)
                            .map(String::strip)
                            .filter(text -> !text.isEmpty())
                            .map(text -> text.substring(0, Math.min(text.length(), MOST_CHARACTERS)))
                            .ifPresent(text -> values.put(key, text));
                }
            }
            return new Found(secret.getType(), Map.copyOf(values));
        }

        private static Optional<String> decode(String base64) {
            try {
                ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64));
                // unlike a String's constructor it fails where the bytes are no text
                return Optional.of(
                        StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
            } catch (IllegalArgumentException | CharacterCodingException e) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return "Found[redacted]";
        }
    }

    record Missing() implements Content {}

    /** It is larger than {@link ApiReader#MOST_SECRET_BYTES}. */
    record TooLarge() implements Content {}

    record Forbidden() implements Content {}

    /** The API server could not be asked, and nothing was read before. */
    record Unavailable(String why) implements Content {}

    /**
     * @param readAt when the request that read it began
     * @param staleBecause why it could not be read again since, if so
     */
    record Known(Content content, Instant readAt, Optional<String> staleBecause) {}

    private static final class Entry {
        private final Key key;
        private final Set<String> users = new HashSet<>();
        private final Set<String> wanting = new HashSet<>();
        private final Set<String> awaiting = new HashSet<>();
        private Optional<Known> known = Optional.empty();
        private Instant triedAt = Instant.MIN;
        private int readsWhileWanted;
        private int failedReads;
        private boolean isBeingRead;

        private Entry(Key key) {
            this.key = key;
        }

        private Instant due() {
            if (triedAt.equals(Instant.MIN)) {
                return triedAt;
            }
            if (failedReads > 0) {
                return triedAt.plus(WANTED.after(failedReads - 1));
            }
            return triedAt.plus(wanting.isEmpty() ? ROUTINE : WANTED.after(readsWhileWanted));
        }
    }

    /** What is known of it; empty before the first read. */
    synchronized Optional<Known> known(Key key) {
        return Optional.ofNullable(entries.get(key)).flatMap(entry -> entry.known);
    }

    /**
     * Notes that a resource uses this Secret from now on, and no other.
     *
     * @param isWanted whether the resource waits for a change of it
     */
    synchronized void use(String uid, Key key, boolean isWanted) {
        Entry entry = entries.computeIfAbsent(key, Entry::new);
        Key before = keys.put(uid, entry.key);
        if (before != null && !before.equals(key)) {
            leave(uid, before);
        }
        entry.users.add(uid);
        if (!isWanted) {
            entry.wanting.remove(uid);
        } else if (entry.wanting.add(uid)) {
            entry.readsWhileWanted = 0;
        }
    }

    /** Notes that a resource is gone. */
    synchronized void forget(String uid) {
        Key key = keys.remove(uid);
        if (key != null) {
            leave(uid, key);
        }
    }

    /**
     * Reads the Secret that the resource uses, and wakes the resource when that has ended, whatever came of it. After a read that failed
     * the next one waits for its pause, however often it is requested: {@link #refresh} makes it then.
     */
    void read(String uid, Key key) {
        Instant now = clock.instant();
        synchronized (this) {
            Entry entry = entries.computeIfAbsent(key, Entry::new);
            entry.awaiting.add(uid);
            if (entry.failedReads == 0 || !now.isBefore(entry.due())) {
                enqueue(key, entry);
            }
        }
        startWaiting();
    }

    /** Reads what is due. To be called about once a second. */
    void refresh() {
        Instant now = clock.instant();
        synchronized (this) {
            entries.entrySet()
                    .removeIf(entry -> entry.getValue().users.isEmpty()
                            && entry.getValue().awaiting.isEmpty()
                            && !entry.getValue().isBeingRead);
            entries.forEach((key, entry) -> {
                boolean isUsed = !entry.users.isEmpty() || !entry.awaiting.isEmpty();
                if (isUsed && !now.isBefore(entry.due())) {
                    enqueue(key, entry);
                }
            });
        }
        startWaiting();
    }

    private void leave(String uid, Key key) {
        Entry entry = entries.get(key);
        if (entry != null) {
            entry.users.remove(uid);
            entry.wanting.remove(uid);
            entry.awaiting.remove(uid);
        }
    }

    private void enqueue(Key key, Entry entry) {
        if (!entry.isBeingRead) {
            entry.isBeingRead = true;
            waiting.computeIfAbsent(key.namespace(), unknown -> new ArrayDeque<>())
                    .add(key);
        }
    }

    /** One thread at a time starts reads: one that ends at once starts no other from within. */
    private void startWaiting() {
        synchronized (this) {
            if (isStarting) {
                return;
            }
            isStarting = true;
        }
        for (Optional<Key> next = takeNext(); next.isPresent(); next = takeNext()) {
            Key key = next.get();
            Instant begun = clock.instant();
            read(key).whenComplete((answer, error) -> ended(key, begun, answer, error));
        }
    }

    /** A reader that fails at once counts as one whose answer fails: the next read is made all the same. */
    private CompletionStage<ApiReader.Response<Secret>> read(Key key) {
        try {
            return reader.apply(key);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** The first namespace that may read, which then goes to the end of the queue. Where there is none, no thread starts reads any more. */
    private synchronized Optional<Key> takeNext() {
        Optional<String> namespace = allInFlight >= READS_IN_FLIGHT
                ? Optional.empty()
                : waiting.keySet().stream()
                        .filter(name -> inFlight.getOrDefault(name, 0) < READS_IN_FLIGHT_PER_NAMESPACE)
                        .findFirst();
        isStarting = namespace.isPresent();
        return namespace.map(name -> {
            Deque<Key> queue = waiting.remove(name);
            Key key = queue.remove();
            if (!queue.isEmpty()) {
                waiting.put(name, queue);
            }
            inFlight.merge(name, 1, Integer::sum);
            allInFlight++;
            return key;
        });
    }

    private void ended(Key key, Instant begun, ApiReader.Response<Secret> answer, Throwable error) {
        List<String> woken;
        synchronized (this) {
            inFlight.merge(key.namespace(), -1, (count, one) -> count + one == 0 ? null : count + one);
            allInFlight--;
            Entry entry = entries.get(key);
            if (entry == null) {
                woken = List.of();
            } else {
                woken = takeIn(entry, begun, content(answer, error, entry.key.ref()));
            }
        }
        woken.forEach(wake);
        startWaiting();
    }

    private static List<String> takeIn(Entry entry, Instant begun, Content content) {
        entry.isBeingRead = false;
        entry.triedAt = begun;
        entry.readsWhileWanted++;
        entry.failedReads = content instanceof Unavailable ? entry.failedReads + 1 : 0;
        Known known = known(entry.known, begun, content);
        boolean isNews = entry.known
                .filter(before -> before.content().equals(known.content())
                        && before.staleBecause().equals(known.staleBecause()))
                .isEmpty();
        entry.known = Optional.of(known);
        List<String> woken = new ArrayList<>(isNews ? entry.users : Set.of());
        entry.awaiting.stream().filter(uid -> !woken.contains(uid)).forEach(woken::add);
        entry.awaiting.clear();
        return woken;
    }

    /** A read that failed leaves standing what was read before. */
    private static Known known(Optional<Known> before, Instant begun, Content content) {
        return before.filter(earlier -> content instanceof Unavailable && !(earlier.content() instanceof Unavailable))
                .map(earlier ->
                        new Known(earlier.content(), earlier.readAt(), Optional.of(((Unavailable) content).why())))
                .orElseGet(() -> new Known(content, begun, Optional.empty()));
    }

    private static Content content(ApiReader.Response<Secret> answer, Throwable error, CredentialsSecretRef ref) {
        if (error != null) {
            return new Unavailable("the API server was not reached");
        }
        return switch (answer.status()) {
            case HttpURLConnection.HTTP_NOT_FOUND -> new Missing();
            case HttpURLConnection.HTTP_FORBIDDEN -> new Forbidden();
            case HttpURLConnection.HTTP_ENTITY_TOO_LARGE -> new TooLarge();
            default ->
                answer.body()
                        .<Content>map(secret -> Found.of(secret, ref))
                        .orElseGet(() -> new Unavailable("the API server answered " + answer.status()));
        };
    }
}
