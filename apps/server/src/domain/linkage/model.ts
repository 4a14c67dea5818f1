/** One kind of evidence: values of which strangers share one by chance, or by forging, independently of other families. */
export interface Family {
  readonly name: string
  /** How often two of one agree on it where both show it: the m of Fellegi and Sunter, before data speak. */
  readonly m: number
  /** Log-odds that it may add at most; whoever copies it entirely has no more than this. */
  readonly most: number
  /** Log-odds that it may take away at most. */
  readonly least: number
  /** Where one comes from or how one behaves, not what one has: no kit brings it, and it cannot lead. */
  readonly place?: true
  /** What a person makes up or does, never twice exactly alike: what many show is nobody's own, and what is repeated to the letter is a script. */
  readonly habit?: true
  /** Values of this kind are two in a row: in common, they say that both went through one list, and nothing else. */
  readonly rows?: string
  /**
   * Set up by somebody, so that strangers do not happen on it: of several bearers each without the other, it may say alone barely more than the prior
   * demands where nobody else has it.
   */
  readonly owned?: true
  /** Shows now and then: two groups that have it in common once have it in common. */
  readonly sporadic?: true
}

/** What one family says of one pair, in natural log-odds. */
export interface Weight {
  readonly family: string
  /** What both show, or what was compared; for people. */
  readonly values: readonly string[]
  readonly weight: number
  readonly why: string
}

/** How strangers and relatives are told apart. */
export interface Model {
  readonly families: readonly Family[]
  /** Families that only propose candidates and feed `extras`. */
  readonly silent: readonly string[]
  /** The one of them that tells the network, of which many count as few; absent = none does. */
  readonly home?: string
  /** Evidence that is no list of values, such as time: names in the order of what `extra` returns. */
  readonly extras: readonly string[]
  /** Those of them that nobody can forge. */
  readonly unforged: readonly string[]
  /**
   * Log-odds that must be left without any one member; nor may all links between two groups go through one hand, be it of neither: nobody is the only
   * bridge between strangers. More than the prior demands is never asked; −∞ = neither is.
   */
  readonly unbridged: number
  /**
   * Log-odds that any two of a group must have by themselves, those counted together who are linked by what cannot be forged: nobody, with however many
   * addresses, brings two together of whom nothing else is known.
   */
  readonly acquainted: number
  /** Extras that many strangers agree on, such as the hour: they acquaint nobody. */
  readonly idle: readonly string[]
  /** How many others of the same group one expects to find. */
  readonly relatives: number
  /** Strangers who are imagined besides those seen, so that a thing is not popular because few were seen at all. */
  readonly strangers: number
  /** Sharers of the rarest thing at which half of a second agreement is put down to a kit that has both. */
  readonly kit: number
  /** How much the best of some pairs is better by chance, for each factor of e in their number. */
  readonly chances: number
  /** Share of its logarithm by which a larger group is likelier to be the one that something belongs to. */
  readonly company: number
  /** Log-odds that are missing when only one family speaks: two are needed, for one alone can be forged. */
  readonly lone: number
}

/** Chance that two strangers agree on something in a family: what a disagreement is measured against. */
const CHANCE = 0.1

/** The population as the model sees it, in steps of half a doubling: old decisions are looked at again only when it makes one. */
export const populationOf = (count: number, { strangers }: Model): number => 2 ** (Math.round(2 * Math.log2(count + strangers)) / 2)

/** Log-odds that two of the population belong together before anything is known of them. */
export const priorOf = (population: number, { relatives }: Model): number => Math.log(relatives / population)

/** Weight of a disagreement. */
export const against = (m: number): number => Math.log((1 - m) / (1 - CHANCE))

/**
 * Weight of an agreement on a thing that `holders` of the population show (Winkler's frequency-based u), when `sharers` hold the rarest thing
 * that both agree on: the more of them, the likelier it is that all of it comes from one kit.
 */
export function inFavour(m: number, holders: number, population: number, sharers: number, kit: number): number {
  const frequency = Math.min(1, holders / population)
  const together = Math.max(0, sharers - 2) / (Math.max(0, sharers - 2) + kit)
  return Math.log(m / (frequency + (1 - frequency) * together))
}

/** Stays of one person: beyond, what is shown is hardly one person's own. */
const STAYS = 10

/**
 * The same for what people make up: relatives agree on things of their own, which no more show than one person has stays, or by chance like
 * strangers, which says nothing.
 */
export function ofOnesOwn(weight: number, m: number, holders: number): number {
  const own = Math.exp(-Math.max(0, holders - 2) / STAYS)
  return Math.log(own * Math.exp(weight) + 1 - own * m)
}

export const probabilityOf = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds))
