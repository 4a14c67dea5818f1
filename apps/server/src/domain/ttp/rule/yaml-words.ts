import type { YAMLParseError } from 'yaml'

/** What is wrong with a text that is no YAML, in our words; the sentence goes on from "is no YAML: ". */
const WORDS: Readonly<Partial<Record<YAMLParseError['code'], string>>> = {
  ALIAS_PROPS: 'an alias (*name) has no properties.',
  BAD_ALIAS: 'an alias (*name) is broken.',
  BAD_COLLECTION_TYPE: 'a list or mapping is marked as something else.',
  BAD_DIRECTIVE: 'a line that begins with % is not understood.',
  BAD_DQ_ESCAPE: 'a backslash in double quotes is followed by what it cannot stand before: use single quotes.',
  BAD_INDENT: 'the indentation does not fit what stands above.',
  BAD_PROP_ORDER: 'an anchor or tag stands at the wrong place.',
  BAD_SCALAR_START: 'a text begins with a character that must be quoted.',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping stands where a text is expected: does a text with ": " lack its quotes?',
  BLOCK_IN_FLOW: 'a block stands between brackets.',
  DUPLICATE_KEY: 'keys are to be unique; this one is there twice.',
  KEY_OVER_1024_CHARS: 'a key is too long.',
  MISSING_CHAR: 'a closing quote, bracket or comma is missing.',
  MULTILINE_IMPLICIT_KEY: 'a key stands on one line, with its colon.',
  MULTIPLE_ANCHORS: 'anchors (&name) are not taken.',
  MULTIPLE_DOCS: 'the text holds several documents (---): each rule is a text of its own.',
  MULTIPLE_TAGS: 'a value has several tags.',
  NON_STRING_KEY: 'keys are texts.',
  RESOURCE_EXHAUSTION: 'it is nested too deeply.',
  TAB_AS_INDENT: 'a tab is no indentation: use spaces.',
  TAG_RESOLVE_FAILED: 'a value does not fit its tag.',
  UNEXPECTED_TOKEN: 'something stands here that is not expected.',
}

export const yamlWords = ({ code }: Pick<YAMLParseError, 'code'>): string => WORDS[code] ?? 'it cannot be read here.'
