import type { ContainerStats } from 'docker-stats-client';
import type { ComponentChildren, JSX } from 'preact';
import { MISSING } from '../units/missing.js';
import { CopyButton } from './copy-button.js';
import { formatDate, formatDuration } from '../units/format-time.js';

/** As many digits of an id as docker prints. */
const SHORT_ID = 12;

interface ContainerFactsProps {
  readonly id: string;
  readonly host: string | undefined;
  readonly container: ContainerStats | undefined;
}

/** Who a container is. */
export function ContainerFacts({ id, host, container }: ContainerFactsProps): JSX.Element {
  return (
    <dl class="container-facts">
      <Fact label="Id">
        <code title={id}>{id.slice(0, SHORT_ID)}</code> <CopyButton text={id} subject="id" />
      </Fact>
      {host !== undefined && <Fact label="Host">{host}</Fact>}
      <Fact label="Image">{container?.image}</Fact>
      <Fact label="Project">{container?.project}</Fact>
      <Fact label="Service">{container?.service}</Fact>
      <Fact label="Created">{describeCreation(container?.createdAt ?? null)}</Fact>
    </dl>
  );
}

function Fact({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children ?? MISSING}</dd>
    </div>
  );
}

function describeCreation(createdAt: string | null): string | null {
  if (createdAt === null) return null;
  const time = Date.parse(createdAt);
  return `${formatDate(time)} (${formatDuration(Date.now() - time)} ago)`;
}
