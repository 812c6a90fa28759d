package net.wawp.operator.bench;

import java.util.Map;

/** The figures of one run. A figure that could not be taken is absent. */
record Measured(Contender contender, int size, int run, Map<Metric, Double> figures) {}
