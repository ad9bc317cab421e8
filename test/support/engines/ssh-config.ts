/** The user for whom the server accepts no key. */
export const REFUSED_USER = 'nobody';

/** The configuration of an sshd whose files are all in this folder. */
export function sshdConfig(folder: string, port: number, engineHost: string): string {
  return [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    'StrictModes no', // `/tmp` is writable for everybody
    'PidFile none',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    `SetEnv DOCKER_HOST=${engineHost} PATH=${process.env['PATH']}`,
    `Match User ${REFUSED_USER}`,
    'AuthorizedKeysFile none',
  ].join('\n');
}

/** The configuration of an ssh client that uses this key, and no files of the machine's user. */
export function sshConfig(folder: string, key: string, options: readonly string[]): string {
  return [
    `IdentityFile ${folder}/${key}`,
    'IdentitiesOnly yes',
    'IdentityAgent none',
    `UserKnownHostsFile ${folder}/known_hosts`,
    'GlobalKnownHostsFile /dev/null',
    ...options,
  ].join('\n');
}
