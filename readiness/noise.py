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


def perturb(base, size, low, high, own, common, z, shared, out):
    """Add errors to figures: base + size (own z + common shared), kept inside the indicator's range.

    Shapes   base, size, low, high (indicator, unit), low and high the limits, infinite if there are none; own, common
             (indicator,), the roots of the two shares of the variance; z (indicator x unit, replicate) and shared
             (indicator, replicate), standard normal; out (indicator, unit or more, replicate), written.
    Gaps     stay gaps. Units beyond those of `base` are not touched.
    """
    units = base.shape[1]
    for i in range(base.shape[0]):
        for c in range(units):
            if size[i, c] > 0 and common[i] > 0:
                join(z[i * units + c], shared[i], own[i], common[i])
            shift(base[i, c], size[i, c], low[i, c], high[i, c], z[i * units + c], out[i, c])


@inlined
def shift(base, size, low, high, z, out):
    """Shift one figure by its error in each replicate."""
    for r in range(out.shape[0]):
        value = base + size * z[r]
        value = low if value < low else value
        out[r] = high if value > high else value


@inlined
def join(z, shared, own, common):
    """Make a unit's own error and the common one into one, in the place of its own."""
    for r in range(z.shape[0]):
        z[r] = own * z[r] + common * shared[r]


def correlate(factor, z, out):
    """Give errors of an indicator's units a covariance: factor @ z, summed in the order of the units.

    Shapes   factor (unit, unit); z, out (unit, replicate).
    """
    for c in range(out.shape[0]):
        for r in range(out.shape[1]):
            out[c, r] = 0.0
        for d in range(z.shape[0]):
            if factor[c, d] != 0:
                add(factor[c, d], z[d], out[c])


@inlined
def add(scale, z, out):
    """Add one unit's draws, scaled."""
    for r in range(out.shape[0]):
        out[r] += scale * z[r]
