package lamella.optim;

/**
 * Numbers of the distribution Beta(α, α), each made of two uniform ones, with the same bits on
 * every machine.
 *
 * <p>t = √(2α (U<sup>-1/α</sup> - 1)) cos(2π V) has Student's distribution with 2α degrees of
 * freedom for uniform U and V, and 1/2 + t / 2√(2α + t²) then has Beta(α, α). So of the size of t
 * only q = t² / 2α is needed, and cos²(2π V) has the distribution of cos²(π V / 2), its sign that
 * of a coin.
 *
 * <p>Source: R. Bailey, "Polar generation of random variates with the t-distribution" (1994); L.
 * Devroye, "Random variate generation in one line of code" (1996).
 */
final class SymmetricBeta {
  /**
   * How near to 0 and 1 a number comes: as near as float32 tells from 1. For small α most numbers
   * are nearer.
   */
  static final double LEAST = 0x1p-24;

  private SymmetricBeta() {}

  /**
   * A number in [2^-24, 1 - 2^-24].
   *
   * @param u uniform in [0, 1)
   * @param v uniform in [0, 1); its upper half is the coin
   */
  static double of(double alpha, double u, double v) {
    // (1 - u)^(-1/α) - 1, where 1 - u is in (0, 1].
    double excess = StrictMath.expm1(-StrictMath.log(1 - u) / alpha);
    double q = excess * HalfCosine.at(2 * v - (v < 0.5 ? 0 : 1));
    double half = 0.5 * Math.sqrt(1 / (1 + 1 / q));
    double number = v < 0.5 ? 0.5 - half : 0.5 + half;
    return Math.max(LEAST, Math.min(1 - LEAST, number));
  }
}
