// A SCIM server as scimmy's documentation shows one: its routers on Express, its User with three handlers, a Map as the store and a second one
// that finds a user name, which the library knows nothing of. Nothing is durable, no name is checked to be free, and any bearer token is
// good. It ends with its standard input.
import { randomUUID } from 'node:crypto';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';

const users = new Map();
const byName = new Map();

const known = (id) => {
  const user = users.get(id);
  if (!user) throw new SCIMMY.Types.Error(404, null, `There is no user ${id}.`);
  return user;
};

// What a filter can be met by: the library looks at each of them once more.
const asked = (filter) => {
  const only = filter?.length === 1 && Object.keys(filter[0]).length === 1 ? filter[0].userName : undefined;
  return only?.[0] === 'eq' ? [byName.get(only[1])].filter(Boolean) : users.values();
};

SCIMMY.Resources.declare(SCIMMY.Resources.User)
  .ingress((resource, data) => {
    const id = resource.id ? known(resource.id).id : randomUUID();
    const user = { ...JSON.parse(JSON.stringify(data)), id };
    byName.delete(users.get(id)?.userName);
    users.set(id, user);
    byName.set(user.userName, user);
    return user;
  })
  .egress((resource) => (resource.id ? known(resource.id) : [...asked(resource.filter)]))
  .degress((resource) => {
    byName.delete(known(resource.id).userName);
    users.delete(resource.id);
  });
SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false);

const app = express();
app.use(
  '/scim',
  new SCIMMYRouters({
    type: 'bearer',
    handler: (request) => {
      if (!request.header('Authorization')?.startsWith('Bearer ')) throw new Error('A bearer token is needed.');
      return 'directory';
    },
  }),
);
const server = app.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
server.keepAliveTimeout = 0;
process.stdin.on('end', () => process.exit()).resume();
