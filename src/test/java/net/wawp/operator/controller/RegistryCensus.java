package net.wawp.operator.controller;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.security.CodeSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many entries every map and collection of the operator's own classes holds, by class and field. Found by walking the fields, so that
 * a registry that is new is counted without being named anywhere. A map whose keys are an enum has its bound, and is not counted.
 */
final class RegistryCensus {

    private static final CodeSource OPERATOR =
            SessionReconciler.class.getProtectionDomain().getCodeSource();

    private final SortedMap<String, Integer> sizes = new TreeMap<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> toVisit = new ArrayDeque<>();

    private RegistryCensus() {}

    /** Of what can be reached from these. Nothing else may change them meanwhile. */
    static SortedMap<String, Integer> of(List<Object> roots) {
        RegistryCensus census = new RegistryCensus();
        roots.forEach(census::come);
        while (!census.toVisit.isEmpty()) {
            census.visit(census.toVisit.remove());
        }
        return census.sizes;
    }

    private void come(Object found) {
        if (found instanceof Optional<?> optional) {
            optional.ifPresent(this::come);
        } else if (found != null && isOperators(found.getClass()) && seen.add(found)) {
            toVisit.add(found);
        }
    }

    private static boolean isOperators(Class<?> type) {
        return OPERATOR.equals(type.getProtectionDomain().getCodeSource());
    }

    private void visit(Object owner) {
        for (Class<?> type = owner.getClass(); type != null && isOperators(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    take(type.getSimpleName() + "." + field.getName(), value(owner, field));
                }
            }
        }
    }

    private void take(String name, Object value) {
        if (value instanceof Map<?, ?> map) {
            if (!(map instanceof EnumMap<?, ?>)) {
                sizes.merge(name, map.size(), Integer::sum);
            }
            map.forEach((key, entry) -> {
                come(key);
                come(entry);
            });
        } else if (value instanceof Collection<?> collection) {
            sizes.merge(name, collection.size(), Integer::sum);
            collection.forEach(this::come);
        } else {
            come(value);
        }
    }

    private static Object value(Object owner, Field field) {
        try {
            field.setAccessible(true);
            return field.get(owner);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
