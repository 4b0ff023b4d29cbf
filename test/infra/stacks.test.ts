/* One suite, because the CDK takes a minute to load and each suite loads its own. */
import './stacks/alarms.ts';
import './stacks/api-stack.ts';
import './stacks/data-stack.ts';
import './stacks/engine-stack.ts';
import './stacks/least-privilege.ts';
import './stacks/nag.ts';
