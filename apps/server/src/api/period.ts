/** RFC 3339 to epoch milliseconds; absent stays absent. */
export const millis = (time: string | undefined): number | undefined => (time === undefined ? undefined : Date.parse(time))
/** `start_time` and `end_time` as the store wants them. */
export const span = (query: { readonly start_time?: string | undefined; readonly end_time?: string | undefined }) => ({
  from: millis(query.start_time),
  to: millis(query.end_time),
})
