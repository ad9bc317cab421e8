import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ContainerViewProps } from '../container/container-view.js';

/** Loads the view of a container, with its charts, when it is opened for the first time. */
export function LazyContainerView(props: ContainerViewProps): JSX.Element | null {
  const [View, setView] = useState<ComponentType<ContainerViewProps>>();
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    import('../container/container-view.js').then(
      ({ ContainerView }) => setView(() => ContainerView),
      () => setFailed(true),
    );
  }, []);
  if (hasFailed) {
    return (
      <div class="problem bad">
        <p role="alert">The charts could not be loaded. Load the page again.</p>
      </div>
    );
  }
  return View === undefined ? null : <View {...props} />;
}
