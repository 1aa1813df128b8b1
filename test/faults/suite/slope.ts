/** A line through measurements. */
export interface Slope {
  /** Units of y for one unit of x. */
  slope: number;
  /** 95 % confidence interval. */
  low: number;
  high: number;
}

/** 97.5 % quantile of the normal distribution; there are a hundred measurements or so. */
const Z = 1.96;

/**
 * Least squares slope of y over x with its 95 % confidence interval. Measurements of one process in a row are alike, so the standard error is that of
 * Newey and West (1987), "A simple, positive semi-definite, heteroskedasticity and autocorrelation consistent covariance matrix", with the usual
 * 4 (n / 100)^(2/9) lags. @throws RangeError for fewer than 10 measurements
 */
export function slopeOf(points: readonly { x: number; y: number }[]): Slope {
  const n = points.length;
  if (n < 10) throw new RangeError(`${n} measurements are too few for a slope: take 10 or more`);
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / n;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / n;
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const scores = points.map(({ x, y }) => (x - meanX) * (y - meanY - slope * (x - meanX)));
  const covariance = (lag: number): number =>
    scores.slice(lag).reduce((sum, score, index) => sum + score * (scores[index] as number), 0);
  const lags = Math.floor(4 * (n / 100) ** (2 / 9));
  let variance = covariance(0);
  for (let lag = 1; lag <= lags; lag += 1) variance += 2 * (1 - lag / (lags + 1)) * covariance(lag);
  const error = Math.sqrt((Math.max(variance, 0) * (n / (n - 2))) / spread ** 2);
  return { slope, low: slope - Z * error, high: slope + Z * error };
}
