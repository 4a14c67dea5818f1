/** Text as it is, for LIKE with `!` as the escape character: a backslash means something else in each database. */
export const escapeLike = (text: string): string => text.replace(/[!%_]/gu, '!$&')
