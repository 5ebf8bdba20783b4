import { describe, expect, it } from '@jest/globals';
import { makeJudge } from './judge.ts';

const [before, after, mixed] = ['webapp v1 > db v1', 'webapp v2 > db v2', 'webapp v1 > db v2'];

describe('who may answer', () => {
  it('what is allowed belongs, whole or by its first service; nothing else does', () => {
    const { judge, age } = makeJudge({ prod: [before], qa: [after] });
    expect(judge('prod', before, age())).toBe('belongs');
    expect(judge('prod', 'webapp v1 …', age())).toBe('belongs');
    expect(judge('prod', after, age())).toBe('wrong');
    expect(judge('prod', 'webapp v2 …', age())).toBe('wrong');
    expect(judge('dev', before, age())).toBe('wrong');
  });

  it('a chain that lost its links is not taken for its first service', () => {
    const { judge, age } = makeJudge({ prod: [before] });
    expect(judge('prod', 'webapp v1', age())).toBe('wrong');
  });

  it('during an operation what is new waits, and belongs when the operation led to it', () => {
    const { judge, begin, done, end, age } = makeJudge({ prod: [before] });
    begin();
    expect(judge('prod', before, age())).toBe('belongs');
    expect(judge('prod', after, age())).toBe('waits');
    done();
    expect(end({ prod: [after] })).toEqual([]);
    expect(judge('prod', after, age())).toBe('belongs');
  });

  it('what waited and is neither from before nor from after is wrong, as often as it was seen', () => {
    const { judge, begin, done, end, age } = makeJudge({ prod: [before] });
    begin();
    judge('prod', mixed, age());
    judge('prod', mixed, age());
    judge('prod', after, age());
    done();
    expect(end({ prod: [after] })).toEqual([{ stage: 'prod', chain: mixed, count: 2 }]);
  });

  it('what is right at one stage is wrong at another', () => {
    const { judge, begin, done, end, age } = makeJudge({ prod: [before], qa: [after] });
    begin();
    expect(judge('prod', 'webapp v3 …', age())).toBe('waits');
    done();
    const wrong = end({ prod: [after], qa: ['webapp v3'] });
    expect(wrong).toEqual([{ stage: 'prod', chain: 'webapp v3 …', count: 1 }]);
  });

  it('a request that began before the end may still be answered as before, one that began after it may not', () => {
    const { judge, begin, done, end, age } = makeJudge({ prod: [before] });
    const early = age();
    begin();
    done();
    end({ prod: [after] });
    expect(judge('prod', before, early)).toBe('belongs');
    expect(judge('prod', after, early)).toBe('belongs');
    expect(judge('prod', before, age())).toBe('wrong');
  });

  it('that also holds between the end of an operation and what is said of it then', () => {
    const { judge, begin, done, end, age } = makeJudge({ prod: [before] });
    begin();
    const early = age();
    done();
    expect(judge('prod', before, early)).toBe('belongs');
    expect(judge('prod', before, age())).toBe('waits');
    expect(judge('prod', after, age())).toBe('waits');
    expect(end({ prod: [after] })).toEqual([{ stage: 'prod', chain: before, count: 1 }]);
  });

  it('an operation that changed nothing leaves everything as it was', () => {
    const { judge, begin, done, end, age } = makeJudge({ prod: [before] });
    begin();
    done();
    judge('prod', before, age());
    expect(end({ prod: [before] })).toEqual([]);
    expect(judge('prod', before, age())).toBe('belongs');
  });

  it('who answered is counted by first services, from the end of the last operation on', () => {
    const { judge, begin, done, end, answers, age } = makeJudge({ prod: [before, after] });
    const early = age();
    judge('prod', before, early);
    begin();
    done();
    judge('prod', before, early);
    judge('prod', before, age());
    end({ prod: [before, after] });
    judge('prod', 'webapp v1 …', age());
    judge('prod', after, age());
    expect(answers()).toEqual({ prod: { 'webapp v1 …': 2, 'webapp v2 …': 1 } });
  });

  it('tells mixed chains apart where of that was warned, and only of versions from before and after', () => {
    const judge = makeJudge({ prod: ['webapp v1 > mail v1'] });
    const began = judge.age();
    judge.begin();
    expect(judge.judge('prod', 'webapp v1 > mail v2', began)).toBe('waits');
    expect(judge.judge('prod', 'webapp v1 > mail v3', began)).toBe('waits');
    judge.done();
    const waited = judge.end({ prod: ['webapp v2 > mail v2'] }, ['prod']);
    expect(waited.map(({ chain, mixed }) => [chain, mixed])).toEqual([
      ['webapp v1 > mail v2', true],
      ['webapp v1 > mail v3', undefined],
    ]);
    expect(judge.judge('prod', 'webapp v2 > mail v1', began)).toBe('mixed');
    expect(judge.judge('prod', 'webapp v2 > mail v1', judge.age())).toBe('wrong');
    expect(judge.judge('qa', 'webapp v2 > mail v1', began)).toBe('wrong');
  });
});
