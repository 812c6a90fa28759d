package net.wawp.operator.controller;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import net.wawp.operator.api.v1alpha1.WhatsAppSession;
import net.wawp.operator.time.EpochNanos;

/**
 * A hash of everything that objects hold, found by reflection, so that nothing is left out by mistake. Two states that differ only in what
 * the clock shows, or in the ids that calls were given, are one: times count from now, ids from the newest.
 */
final class StateHash {

    /** What is older or later than this is all the same: no rule of the operator waits for longer. */
    private static final Duration HORIZON = Duration.ofMinutes(31);

    /** Counters that give names or break ties, what nothing is decided by, and how a queue is arranged. */
    private static final Set<String> IGNORED =
            Set.of("slotsMade", "number", "numbers", "timersMade", "lastTick", "hash", "heap", "position", "spare");

    /** What is known of a type: a hash of its name, its fields, and which of them holds a UID. */
    private record Shape(long name, Field[] fields, Optional<Field> uid) {}

    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return shape(type);
        }
    };

    private static final Map<String, Long> TIMES = new ConcurrentHashMap<>();

    private final Instant now;
    private final long newestVersion;
    private final Map<String, Integer> ids;
    private final Set<Class<?>> surroundings;
    private final Map<Object, Long> hashes = new IdentityHashMap<>();

    /**
     * @param newestVersion of any resource
     * @param ids the ids of all calls, numbered in the order in which they were announced
     * @param surroundings types whose objects do not count: they are hashed elsewhere, or hold nothing that matters
     */
    StateHash(Instant now, long newestVersion, Map<String, Integer> ids, Set<Class<?>> surroundings) {
        this.now = now;
        this.newestVersion = newestVersion;
        this.ids = ids;
        this.surroundings = surroundings;
    }

    /** @throws IllegalStateException for an object of a type that it does not know */
    long of(Object value) {
        if (value == null) {
            return 1;
        }
        if (value instanceof String text) {
            return text(text);
        }
        if (value instanceof Instant instant) {
            // far times, as those before all others, do not fit into milliseconds
            boolean isFar = Math.abs(instant.getEpochSecond() - now.getEpochSecond()) > HORIZON.toSeconds();
            return time(isFar ? (instant.isBefore(now) ? 0 : Long.MAX_VALUE / 2) : instant.toEpochMilli());
        }
        if (value instanceof Number || value instanceof Boolean || value instanceof Duration) {
            return mix(3, value.hashCode());
        }
        if (value instanceof Enum<?> constant) {
            return mix(SHAPES.get(constant.getDeclaringClass()).name(), constant.ordinal());
        }
        if (value instanceof Optional<?> optional) {
            return optional.isPresent() ? mix(4, of(optional.get())) : 5;
        }
        if (value instanceof Map<?, ?> map) {
            long sum = 6;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                sum += mix(of(entry.getKey()), of(entry.getValue()));
            }
            return sum;
        }
        if (value instanceof Set<?> set) {
            long sum = 7;
            for (Object element : set) {
                sum += mix(8, of(element));
            }
            return sum;
        }
        if (value instanceof Collection<?> list) {
            long hash = 9;
            for (Object element : list) {
                hash = mix(hash, of(element));
            }
            return hash;
        }
        return ofObject(value);
    }

    private long ofObject(Object value) {
        Class<?> type = value.getClass();
        if (value instanceof WhatsAppSession session) {
            return resource(session);
        }
        if (value instanceof Secret secret) {
            return of(secret.getData());
        }
        if (value instanceof ResourceID id) {
            return text(id.getName());
        }
        if (value instanceof CompletableFuture<?> future) {
            return future.isDone() ? 11 : 12;
        }
        if (value instanceof AtomicBoolean bool) {
            return of(bool.get());
        }
        if (type == Object.class || isSurrounding(type)) {
            return 13;
        }
        if (!type.getName().startsWith("net.wawp.operator")) {
            throw new IllegalStateException("What does " + type + " hold?");
        }
        Long known = hashes.get(value);
        if (known != null) {
            return known;
        }
        // for whatever it holds that leads back to it
        Shape shape = SHAPES.get(type);
        hashes.put(
                value,
                mix(14, shape.uid().map(field -> get(field, value).hashCode()).orElse(0)));
        long hash = shape.name();
        for (Field field : shape.fields()) {
            Object held = get(field, value);
            hash = mix(hash, of(field.getName().endsWith("Nanos") ? EpochNanos.instant((long) held) : held));
        }
        hashes.put(value, hash);
        return hash;
    }

    private boolean isSurrounding(Class<?> type) {
        for (Class<?> surrounding : surroundings) {
            if (surrounding.isAssignableFrom(type)) {
                return true;
            }
        }
        return false;
    }

    private long resource(WhatsAppSession session) {
        ObjectMeta meta = session.getMetadata();
        long hash = text(meta.getUid());
        hash = mix(hash, text(meta.getName()));
        hash = mix(hash, meta.getGeneration());
        hash = mix(
                hash,
                meta.getResourceVersion() == null ? -1 : newestVersion - Long.parseLong(meta.getResourceVersion()));
        hash = mix(hash, of(meta.getDeletionTimestamp()));
        hash = mix(hash, of(meta.getFinalizers()));
        hash = mix(hash, of(meta.getAnnotations()));
        hash = mix(hash, of(session.getSpec()));
        return mix(hash, of(session.getStatus()));
    }

    private long text(String text) {
        Integer number = ids.get(text);
        if (number != null) {
            return mix(16, ids.size() - number);
        }
        if (text.startsWith("2026-") && text.endsWith("Z")) {
            return time(
                    TIMES.computeIfAbsent(text, known -> Instant.parse(known).toEpochMilli()));
        }
        return letters(text);
    }

    private static long letters(String text) {
        long hash = 17;
        for (int i = 0; i < text.length(); i++) {
            hash = hash * 1_099_511_628_211L ^ text.charAt(i);
        }
        return hash;
    }

    private long time(long millis) {
        long most = HORIZON.toMillis();
        return mix(18, Math.max(-most, Math.min(most, millis - now.toEpochMilli())));
    }

    static long mix(long hash, long value) {
        long mixed = (hash * 0x9E3779B97F4A7C15L ^ value) * 0xBF58476D1CE4E5B9L;
        return mixed ^ mixed >>> 31;
    }

    private static Shape shape(Class<?> type) {
        // the names of lambdas differ from run to run
        long name = type.isHidden() ? 15 : letters(type.getName());
        // the fields of an enum constant do not change
        Field[] fields = type.isEnum() ? new Field[0] : fields(type);
        return new Shape(
                name,
                fields,
                Stream.of(fields).filter(field -> field.getName().equals("uid")).findFirst());
    }

    private static Field[] fields(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> at = type; at != Object.class; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !IGNORED.contains(field.getName())) {
                    field.setAccessible(true);
                    fields.add(field);
                }
            }
        }
        return fields.toArray(Field[]::new);
    }

    private static Object get(Field field, Object of) {
        try {
            return field.get(of);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
