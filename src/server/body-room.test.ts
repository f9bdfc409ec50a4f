import { expect, test } from 'vitest';

import { BodyRoom } from './body-room.ts';

/** Bodies that come into a room for 100 bytes, by name, and who was given up. */
function openRoom() {
  const room = new BodyRoom(100);
  const givenUp: string[] = [];
  return { givenUp, enter: (name: string) => room.enter(() => givenUp.push(name)) };
}

test('what has been coming for longest is given up for what comes now', () => {
  const { enter, givenUp } = openRoom();
  const [first, second, third] = [enter('first'), enter('second'), enter('third')];
  first.add(10);
  second.add(60);
  third.add(30);
  expect(givenUp).toEqual([]);
  third.add(5);
  expect(givenUp).toEqual(['first']);
  third.add(60);
  expect(givenUp).toEqual(['first', 'second']);
});

test('what is there, was given up or is gone takes no room', () => {
  const { enter, givenUp } = openRoom();
  const [first, second] = [enter('first'), enter('second')];
  first.add(90);
  first[Symbol.dispose]();
  second.add(90);
  expect(givenUp).toEqual([]);
  second.add(20);
  second.add(500);
  second[Symbol.dispose]();
  enter('third').add(100);
  expect(givenUp).toEqual(['second']);
});
