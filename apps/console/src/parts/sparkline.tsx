/** A trend without axes. An even zero is a flat line at the bottom. */
export function Sparkline({
  series,
  width = 76,
  height = 22,
  label,
}: {
  series: readonly number[]
  width?: number
  height?: number
  label: string
}) {
  const top = Math.max(1, ...series)
  const step = series.length > 1 ? (width - 2) / (series.length - 1) : 0
  const points = series.map((n, i) => `${(1 + i * step).toFixed(1)},${(height - 2 - (n / top) * (height - 4)).toFixed(1)}`)
  const last = points.at(-1)?.split(',')
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label} style={{ flex: 'none' }}>
      {points.length > 1 && (
        <>
          <path d={`M1,${height - 1} L${points.join(' L')} L${width - 1},${height - 1} Z`} fill="var(--accent)" opacity={0.1} />
          <path d={`M${points.join(' L')}`} fill="none" stroke="var(--accent)" strokeWidth={1.4} strokeLinejoin="round" />
        </>
      )}
      {last && <circle cx={last[0]} cy={last[1]} r={1.8} fill="var(--accent)" />}
    </svg>
  )
}
