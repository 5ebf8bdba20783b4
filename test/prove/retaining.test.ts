import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { courses, walkCourse, type Course } from './retaining.ts';

/** The course without the acts that it does not need to go wrong. */
function shortened(course: Course): Course {
  const shorter = course.numbers
    .map((_, index) => ({ ...course, numbers: course.numbers.toSpliced(index, 1) }))
    .find((candidate) => walkCourse(candidate).complaint !== null);
  return shorter ? shortened(shorter) : course;
}

describe('any sequence of commands, rollbacks and prunes, where what is popped is retained', () => {
  it('gives no port, link or name twice, and every plan leads where it should, and back', () => {
    const sum = { kept: 0, back: 0, expired: 0 };
    const property = fc.property(courses, (course) => {
      const { kept, back, expired, complaint } = walkCourse(course);
      sum.kept += kept;
      sum.back += back;
      sum.expired += expired;
      return complaint === null;
    });
    const { counterexample } = fc.check(property, { numRuns: 150, endOnFailure: true });
    const [wrong] = counterexample ?? [];
    const found = wrong ? shortened(wrong) : null;
    const told = found && [found.retention, found.house, found.beginning, walkCourse(found)];
    expect(told).toBeNull();
    // It is not all refused.
    expect(sum.kept).toBeGreaterThan(150);
    expect(sum.back).toBeGreaterThan(50);
    expect(sum.expired).toBeGreaterThan(50);
  });
});
