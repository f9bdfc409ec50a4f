import type { SourceId } from '#kyc/source-id';

import type { SandboxPerson } from './sandbox.ts';
import { pick, seededRandom } from './sandbox-seed.ts';

const SEED = 20_261_121;

/** Given names | family names | cities | streets of one country each. All invented combinations. */
const NAMES: Readonly<Record<string, string>> = {
  DE: 'Lena Jürgen Anneliese Björn|Müller Weiß Schröder Böhm|Köln Berlin Görlitz|Rosenweg Lindenstraße',
  FR: 'Zoé François Aurélie Loïc|Lefèvre Dubois Garçon Noël|Orléans Lyon Angoulême|Rue_des_Écoles Quai_Bleu',
  ES: 'Íñigo María Begoña Álvaro|Muñoz Peña García_López Núñez|Cádiz León Logroño|Calle_Mayor Plaza_Olmo',
  PL: 'Łukasz Żaneta Małgorzata Paweł|Wójcik Dąbrowska Święcicki Żuk|Łódź Kraków Gdańsk|Ulica_Długa Lipowa',
  CZ: 'Jiří Šárka Zdeněk Běla|Dvořák Černá Růžička Němec|Plzeň Brno Děčín|Husova Květná',
  SE: 'Åsa Björn Märta Östen|Sjöström Åberg Lindqvist Öhman|Malmö Göteborg Umeå|Storgatan Björkvägen',
  TR: 'Çağla İbrahim Gülşen Oğuz|Yıldız Öztürk Şahin Işık|İzmir Muğla Eskişehir|Çınar_Sokak Gül_Caddesi',
  GR: 'Ελένη Γιώργος Σοφία Νίκος|Παπαδάκης Οικονόμου Ψαρά Λάμπρου|Πάτρα Χανιά Βόλος|Οδός_Ερμού Αιόλου',
  UA: 'Олена Тарас Софія Ярослав|Шевчук Гайдай Коваль Мороз|Львів Київ Полтава|Садова Паркова',
  JP: '美咲 健太 さくら 翔|佐藤 高橋 渡辺 小林|京都市 仙台市 那覇市|桜通り 本町',
  CN: '伟 秀英 子涵 建国|李 欧阳 张 陈|成都 苏州 昆明|人民路 花园街',
  KR: '지우 민준 서연 도윤|김 박 최 남궁|부산 전주 대구|은행로 매화길',
  EG: 'ليلى عمر ياسمين كريم|حسن منصور الشافعي سليم|الإسكندرية أسوان طنطا|شارع_النيل شارع_الورد',
  IN: 'Aarav Ishita Rohan Meera|Iyer Chatterjee D’Souza Nair|Kochi Pune Mysuru|Temple_Road Lake_View',
  IE: 'Aoife Seán Niamh Oisín|O’Brien Ní_Dhomhnaill Walsh Byrne|Galway Cork Sligo|Mill_Lane Abbey_Street',
  BR: 'João Conceição Thaís Antônio|da_Silva Gonçalves Araújo Brandão|São_Luís Belém Goiânia|Rua_Ipê Avenida_Sol',
};

/** Days of birth that have broken software before: the epoch, before it, a leap day. */
const BIRTHDAYS = ['1970-01-01', '1952-02-29', '1969-12-31', '2000-02-29'];

/**
 * Invents people, always the same ones: person 17 of 20 is person 17 of 200. Each is known at one to all of the
 * sources, a third at all of five. Some share a whole name on purpose: names never link.
 */
export function createSandboxPeople(count: number, sources: readonly SourceId[]): readonly SandboxPerson[] {
  return Array.from({ length: count }, (_, index) => createPerson(index + 1, sources));
}

function createPerson(number: number, sources: readonly SourceId[]): SandboxPerson {
  const random = seededRandom(SEED + number);
  const [nationality, lists] = pick(Object.entries(NAMES), random);
  const [givenNames, familyNames, cities, streets] = lists.split('|').map((list) => list.split(' '));
  const one = (words: readonly string[] | undefined) => pick(words ?? [], random).replaceAll('_', ' ');
  return {
    number,
    givenName: one(givenNames),
    familyName: one(familyNames),
    email: `person.${number}@example.com`,
    dateOfBirth: number % 23 === 0 ? pick(BIRTHDAYS, random) : dayOfBirth(random),
    nationality,
    documentNumber: `${nationality}${String(Math.floor(random() * 1e7)).padStart(7, '0')}${number}`,
    street: `${one(streets)} ${1 + Math.floor(random() * 200)}`,
    city: one(cities),
    sources: someOf(sources, number, random),
  };
}

function dayOfBirth(random: () => number): string {
  return Temporal.PlainDate.from('1948-03-01')
    .add({ days: Math.floor(random() * 365 * 59) })
    .toString();
}

/** Sizes take turns (the largest twice a round), which sources is drawn; the order stays that of the list. */
function someOf(sources: readonly SourceId[], number: number, random: () => number): readonly SourceId[] {
  const turn = number % (sources.length + 1);
  const size = turn === 0 ? sources.length : turn;
  const drawn = sources.map((source) => ({ source, order: random() })).toSorted((a, b) => a.order - b.order);
  const chosen = new Set(drawn.slice(0, size).map(({ source }) => source));
  return sources.filter((source) => chosen.has(source));
}
