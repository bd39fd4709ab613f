export function forwardedEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(environment).filter(([n]) => !/^(DISPLAY|SSH_.*|HOSTNAME|PWD|OLDPWD|SHLVL|_)$/.test(n)),
  );
}
