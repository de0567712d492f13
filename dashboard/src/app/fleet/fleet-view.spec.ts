import { describe, expect, it } from 'vitest';
import { fleetQuery, readFleetView, type FleetView } from './fleet-view.ts';

describe('the address of the list', () => {
  it('says everything of a view', () => {
    const view: FleetView = { search: 'web prod', sort: 'cpu', isReversed: true, tag: 'env', layout: 'rows' };
    const query = fleetQuery(view);
    expect(query).toEqual({ q: 'web prod', sort: '-cpu', group: 'env', view: 'rows' });
    expect(readFleetView({ q: query.q ?? '', sort: query.sort ?? '', group: query.group ?? '', view: query.view ?? '' }, 'tiles')).toEqual(
      view,
    );
  });

  it('leaves out what is usual', () => {
    expect(fleetQuery(readFleetView({}, 'tiles'))).toEqual({ q: null, sort: null, group: null, view: 'tiles' });
  });

  it('has the layout that was chosen last where it does not say one', () => {
    expect(readFleetView({}, 'rows').layout).toBe('rows');
    expect(readFleetView({ view: 'tiles' }, 'rows').layout).toBe('tiles');
  });

  it('may be written by anyone', () => {
    expect(readFleetView({ sort: '-nothing', view: 'cubes', group: '' }, 'tiles')).toEqual({
      search: '',
      sort: 'name',
      isReversed: false,
      tag: null,
      layout: 'tiles',
    });
  });
});
