/** Names of firms and things, none of a person. */
export const FIRM_FIRST =
  'Alba Arcus Boreal Brück Cardo Delta Ebro Ferro Granit Helio Isar Jura Kesta Lumen Meridian Nordwind Orbis Pontis Quarz Rivera Silva Tauern Umbra Vento Weser Xenon Ypsilon Zenit'.split(
    ' ',
  )
export const FIRM_TRADE =
  'Logistik Optik Druck Werkzeuge Foods Textil Media Elektro Pharma Bau Möbel Marine Energie Verpackung Sport Technik'.split(' ')
export const FIRM_FORM = ['GmbH', 'Ltd', 'AG', 'BV', 'SAS', 'Srl', 'AB', 'KG']
export const CITIES = 'Bremen Graz Utrecht Lyon Torino Malmö Aarhus Leeds Gent Linz Kassel Nantes Padova Turku Brno Gdańsk'.split(' ')
export const PRODUCT_KIND: readonly (readonly [category: string, items: readonly string[]])[] = [
  ['Power tools', ['Cordless drill', 'Angle grinder', 'Jigsaw', 'Belt sander', 'Heat gun']],
  ['Hand tools', ['Socket set', 'Torque wrench', 'Pliers', 'Chisel set', 'Spirit level']],
  ['Fasteners', ['Wood screws', 'Wall plugs', 'Hex bolts', 'Washers', 'Threaded rod']],
  ['Workwear', ['Safety boots', 'Gloves', 'Ear defenders', 'Safety glasses', 'Knee pads']],
  ['Storage', ['Tool box', 'Shelf unit', 'Sorting case', 'Rolling cabinet', 'Drum cart']],
]
export const PRODUCT_GRADE = ['Basic', 'Plus', 'Pro', 'XL', 'Compact', 'Heavy duty']
