"""What turns random numbers into varied weights and figures: the formulas of a replicate's noise."""

from __future__ import annotations

from readiness.registry import inlined


def uniform_weights(u, w, spread, out):
    """Vary each weight by a share drawn evenly: w (1 + U(-spread, spread)).

    Shapes   u (child, replicate), above 0 and below 1; w (child, replicate), or one replicate for all; spread a share;
             out (child, replicate), written.
    Source   Becker and others (2022), COINr, get_noisy_weights.
    """
    for k in range(out.shape[0]):
        for r in range(out.shape[1]):
            out[k, r] = w[k, 0 if w.shape[1] == 1 else r] * (1.0 - spread + 2.0 * spread * u[k, r])


def resampled_weights(u, w, out):
    """Multiply each weight by how often its child is drawn when a group's children are drawn with replacement.

    Shapes   as for `uniform_weights`; as many draws as children.
    Source   Efron and Tibshirani (1993), An Introduction to the Bootstrap, the children as the sample.
    """
    children = out.shape[0]
    for k in range(children):
        for r in range(out.shape[1]):
            out[k, r] = 0.0
    for k in range(children):
        for r in range(out.shape[1]):
            drawn = int(u[k, r] * children)
            out[drawn, r] += w[drawn, 0 if w.shape[1] == 1 else r]


def leave_out(drawn, positions, w, out):
    """Set the weight of the child that a replicate leaves out to zero.

    Shapes   drawn (replicate,), the position of what is left out among all candidates; positions (child,), those of
             the children, -1 for one that is none; w (child, replicate), or one replicate; out (child, replicate).
    """
    for k in range(out.shape[0]):
        for r in range(out.shape[1]):
            weight = w[k, 0 if w.shape[1] == 1 else r]
            out[k, r] = 0.0 if drawn[r] == positions[k] else weight


def limit(drawn, low, high, common, shared, out):
    """Add the common error of each indicator to drawn figures, and keep them inside the indicator's range.

    Shapes   drawn (indicator x unit, replicate), figures with their own errors; low, high, common (indicator, unit),
             the limits, infinite if there are none, and the standard deviation of the common error; shared (indicator,
             replicate), standard normal; out (indicator, unit or more, replicate), written.
    Gaps     stay gaps. Units beyond those of `low` are not touched.
    """
    units = low.shape[1]
    for i in range(low.shape[0]):
        for c in range(units):
            keep(drawn[i * units + c], low[i, c], high[i, c], common[i, c], shared[i], out[i, c])


@inlined
def keep(drawn, low, high, common, shared, out):
    """Finish one figure in each replicate."""
    for r in range(out.shape[0]):
        value = drawn[r] + common * shared[r]
        value = low if value < low else value
        out[r] = high if value > high else value
