import { same, times, type Rational } from './rational.js';

/** A unit of measure. */
interface Unit {
  /** What it measures. */
  kind: string;
  /** Its size in the base unit of its kind; undefined for currencies, which have no fixed rate. */
  size: Rational | undefined;
}

// kind: names = size as a fraction of the base unit.
const table = `
time: s,sec,secs,second,seconds=1; min,mins,minute,minutes=60; h,hr,hrs,hour,hours=3600; day,days=86400; week,weeks=604800
calendar: month,months=1; year,years,yr,yrs=12; decade,decades=120; century,centuries=1200
length: mm,millimeter,millimeters,millimetre,millimetres=1; cm,centimeter,centimeters,centimetre,centimetres=10; m,meter,meters,metre,metres=1000; km,kilometer,kilometers,kilometre,kilometres=1000000
imperial length: inch,inches=1; ft,foot,feet=12; yd,yard,yards=36; mile,miles,mi=63360
mass: mg,milligram,milligrams=1; g,gram,grams=1000; kg,kilogram,kilograms,kilo,kilos=1000000; tonne,tonnes=1000000000
imperial mass: oz,ounce,ounces=1; lb,lbs=16; ton,tons=32000
volume: ml,milliliter,milliliters,millilitre,millilitres=1; l,liter,liters,litre,litres=1000
imperial volume: teaspoon,teaspoons,tsp=1; tablespoon,tablespoons,tbsp=3; cup,cups=48; pint,pints=96; quart,quarts=192; gallon,gallons=768
temperature: °c,celsius; °f,fahrenheit; kelvin
currency: $,dollar,dollars,usd,bucks=1; cent,cents,¢=1/100; €,euro,euros,eur; £,gbp,quid; ¥,yen,jpy,yuan; ₹,rupee,rupees,inr,rs
speed: mph; km/h,kph,kmh
`;
const units = new Map<string, Unit>();
for (const line of table.trim().split('\n')) {
  const [kind = '', rest = ''] = line.split(': ');
  for (const entry of rest.split('; ')) {
    const [names = '', size] = entry.split('=');
    const [top = '', bottom = '1'] = (size ?? '').split('/');
    const unit: Unit = {
      kind,
      size: size === undefined ? undefined : { numerator: BigInt(top), denominator: BigInt(bottom) },
    };
    for (const name of names.split(',')) units.set(name, unit);
  }
}

/** A number's unit as a text names it; empty: none. */
export interface NamedUnit {
  word: string;
  /** Undefined: a word that is no known unit, such as apples. */
  unit: Unit | undefined;
}

/** The unit of the number that stands from `start` to `end` of a text: its currency sign or the word after it. */
export function unitOf(text: string, start: number, end: number): NamedUnit {
  const after =
    /^[\s$*_)}-]{0,4}((?:°\s?)?[\p{L}¢€£¥₹°]{1,30}(?:\/\p{L}{1,6})?)/u
      .exec(text.slice(end, end + 48))?.[1]
      ?.toLowerCase() ?? '';
  const unit = units.get(after);
  const sign = /[$€£¥₹]/u.exec(text.slice(start, end))?.[0];
  // The dollar of "$18$" and "$18 hours$" is LaTeX's.
  if (sign !== undefined && unit === undefined && !/^\s?\$/.test(text.slice(end, end + 2)))
    return { word: sign, unit: units.get(sign) };
  return { word: unit !== undefined || !fillers.has(after) ? after : '', unit };
}

const fillers = new Set(
  'and or is are was were in on at of for to per each a an the because since as so which that this with by from more less fewer i it he she they we you total percent times'.split(
    ' ',
  ),
);

/** How the units of an answer and of its gold answer relate. */
export interface UnitComparison {
  /** same: equal, or one names none; converted: equal after conversion; different: units of one kind that differ; other: words that differ. */
  relation: 'same' | 'converted' | 'different' | 'other';
}

/** Compares the units; `values` are those of the answer and the gold answer. */
export function compareUnits(
  answer: NamedUnit,
  gold: NamedUnit,
  values: [Rational, Rational] | undefined,
): UnitComparison {
  if (answer.word === '' || gold.word === '' || singular(answer.word) === singular(gold.word))
    return { relation: 'same' };
  if (answer.unit === undefined || gold.unit === undefined) return { relation: 'other' };
  if (answer.unit === gold.unit) return { relation: 'same' };
  if (answer.unit.kind !== gold.unit.kind) return { relation: 'other' };
  const sizes = [answer.unit.size, gold.unit.size];
  if (values !== undefined && sizes[0] !== undefined && sizes[1] !== undefined) {
    if (same(times(values[0], sizes[0]), times(values[1], sizes[1]))) return { relation: 'converted' };
  }
  return { relation: 'different' };
}

function singular(word: string): string {
  return word.replace(/(?<=\p{L}{2})s$/u, '');
}
