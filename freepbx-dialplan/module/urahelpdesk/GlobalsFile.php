<?php
declare(strict_types=1);

namespace FreePBX\modules\Urahelpdesk;

/**
 * The one configuration file that this module writes. ura-globals.conf, which belongs to the administrator and the
 * installer, takes it in by its last line, `#tryinclude`; in [globals] the last assignment wins, so the settings of
 * the interface hold, and without the module those of ura-globals.conf.
 *
 * Not `$ext->addGlobal()`: FreePBX writes those before it includes globals_custom.conf, which would win over them.
 */
final class GlobalsFile
{
    public const NAME = 'ura-globals-gui.conf';

    /**
     * The text of the file.
     *
     * @param array<string, string> $values checked settings
     * @throws \LogicException when a value holds anything that could be more than itself; nothing is written then
     */
    public static function render(array $values): string
    {
        $lines = ['; URA Chamados: Applications, URA Chamados. Change it there.'];
        foreach (Settings::GLOBALS as $name => $global) {
            $value = $values[$name] ?? '';
            if (preg_match('/\A[A-Za-z0-9._:-]*\z/', $value) !== 1) {
                throw new \LogicException("$name can't be written as a global");
            }
            $lines[] = "$global=$value";
        }
        return implode("\n", $lines) . "\n";
    }
}
