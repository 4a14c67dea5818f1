/** A place where an organisation and its people could be: names, words and time zones that go together. ASCII only, as in host and login names. */
export interface Locale {
  readonly domains: readonly string[]
  readonly timezones: readonly string[]
  readonly given: readonly string[]
  readonly family: readonly string[]
  /** Second word of an organisation's name, and how it stands in its domain. */
  readonly trades: readonly (readonly [title: string, label: string])[]
}

export const locales: readonly Locale[] = [
  {
    domains: ['com', 'net', 'us'],
    timezones: ['America/New_York', 'America/Chicago', 'Etc/UTC'],
    given: ['James', 'Linda', 'Robert', 'Karen', 'Michael', 'Susan', 'Kevin', 'Laura', 'Brian', 'Nicole', 'Eric', 'Tanya'],
    family: [
      'Harlow',
      'Whitaker',
      'Brandt',
      'Kessler',
      'Donovan',
      'Mercer',
      'Hollis',
      'Tillman',
      'Prescott',
      'Langford',
      'Ashby',
      'Colburn',
    ],
    trades: [
      ['Logistics', 'logistics'],
      ['Freight', 'freight'],
      ['Medical', 'med'],
      ['Supply', 'supply'],
      ['Insurance', 'ins'],
      ['Engineering', 'eng'],
      ['Dental Group', 'dental'],
      ['Realty', 'realty'],
    ],
  },
  {
    domains: ['co.uk', 'com', 'org.uk'],
    timezones: ['Europe/London', 'Etc/UTC'],
    given: ['Oliver', 'Emma', 'Harry', 'Alice', 'George', 'Sophie', 'Daniel', 'Lucy', 'Simon', 'Rachel', 'Neil', 'Hannah'],
    family: [
      'Thackray',
      'Pemberton',
      'Ellwood',
      'Cartwright',
      'Hargreave',
      'Bexley',
      'Lockwood',
      'Stanmore',
      'Fenwick',
      'Radcliffe',
      'Calder',
    ],
    trades: [
      ['Haulage', 'haulage'],
      ['Joinery', 'joinery'],
      ['Foods', 'foods'],
      ['Print', 'print'],
      ['Catering', 'catering'],
      ['Surveyors', 'surveyors'],
      ['Textiles', 'textiles'],
    ],
  },
  {
    domains: ['de', 'com', 'eu'],
    timezones: ['Europe/Berlin', 'Etc/UTC'],
    given: ['Stefan', 'Anja', 'Markus', 'Petra', 'Jens', 'Katrin', 'Uwe', 'Sabine', 'Tobias', 'Nadine', 'Holger', 'Silke'],
    family: [
      'Reinhardt',
      'Vollmer',
      'Kranz',
      'Lindemann',
      'Hagedorn',
      'Steinbach',
      'Wieland',
      'Brockhaus',
      'Ehlers',
      'Petersen',
      'Albrecht',
    ],
    trades: [
      ['Maschinenbau', 'maschinenbau'],
      ['Spedition', 'spedition'],
      ['Elektrotechnik', 'elektro'],
      ['Metallbau', 'metallbau'],
      ['Verlag', 'verlag'],
      ['Haustechnik', 'haustechnik'],
      ['Druck', 'druck'],
    ],
  },
  {
    domains: ['nl', 'eu', 'com'],
    timezones: ['Europe/Amsterdam', 'Etc/UTC'],
    given: ['Jeroen', 'Marieke', 'Bas', 'Femke', 'Sander', 'Ilse', 'Ruben', 'Anouk', 'Wouter', 'Esther', 'Maarten'],
    family: ['Hoekstra', 'Verbeek', 'Dijkman', 'Kuipers', 'Molenaar', 'Zandstra', 'Terpstra', 'Brouwer', 'Scholten', 'Wiersma'],
    trades: [
      ['Transport', 'transport'],
      ['Bouw', 'bouw'],
      ['Groothandel', 'groothandel'],
      ['Techniek', 'techniek'],
      ['Verpakking', 'verpakking'],
      ['Agro', 'agro'],
    ],
  },
  {
    domains: ['fr', 'com', 'eu'],
    timezones: ['Europe/Paris', 'Etc/UTC'],
    given: ['Julien', 'Camille', 'Nicolas', 'Claire', 'Thierry', 'Sylvie', 'Antoine', 'Elodie', 'Pascal', 'Aurelie', 'Bruno'],
    family: ['Fournel', 'Garnier', 'Delmas', 'Chevrier', 'Rousset', 'Marchand', 'Vasseur', 'Guichard', 'Lemoine', 'Peyrat', 'Bonnet'],
    trades: [
      ['Transports', 'transports'],
      ['Industrie', 'industrie'],
      ['Distribution', 'distribution'],
      ['Batiment', 'batiment'],
      ['Conseil', 'conseil'],
      ['Imprimerie', 'imprimerie'],
    ],
  },
]
