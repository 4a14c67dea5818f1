/** Text as it is, for LIKE with `\` as the escape character. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/gu, '\\$&')
/** Occurs anywhere. */
export const containing = (text: string): string => `%${escapeLike(text)}%`
