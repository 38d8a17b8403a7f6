<?php
// Stand-ins for the parts of FreePBX 17 that a module touches, with the signatures of FreePBX/framework, release/17.0.
declare(strict_types=1);

namespace FreePBX {
    interface BMO
    {
        public function install();

        public function uninstall();
    }

    /** The key-value store, in a file so that it outlives a process as FreePBX's table does. */
    #[\AllowDynamicProperties]
    class DB_Helper
    {
        public static string $file = '';

        public function getConfig($var = null, $id = 'noid')
        {
            return self::load()[$id][$var] ?? false;
        }

        public function setConfig($key = null, $val = false, $id = 'noid')
        {
            $store = self::load();
            if ($val === false) {
                unset($store[$id][$key]);
            } else {
                $store[$id][$key] = $val;
            }
            self::keep(array_filter($store));
            return true;
        }

        public function getAll($id = 'noid')
        {
            return self::load()[$id] ?? [];
        }

        public function deleteAll()
        {
            self::keep([]);
        }

        private static function load(): array
        {
            return is_file(self::$file) ? json_decode(file_get_contents(self::$file), true, 16, JSON_THROW_ON_ERROR) : [];
        }

        private static function keep(array $store): void
        {
            file_put_contents(self::$file, json_encode($store, JSON_THROW_ON_ERROR));
        }
    }

    #[\AllowDynamicProperties]
    class FreePBX_Helpers extends DB_Helper
    {
    }
}

namespace {
    interface BMO extends FreePBX\BMO
    {
    }

    class FreePBX_Helpers extends FreePBX\FreePBX_Helpers
    {
    }

    /** FreePBX's object, with the settings and modules of this test. */
    #[\AllowDynamicProperties]
    class FreePBX
    {
        public static FreePBX $object;
        public object $Config;
        public object $Queues;
        public object $Timeconditions;
        public object $Modules;
        public ?object $astman;
        public ?object $Urahelpdesk = null;

        public static function __callStatic($name, $arguments)
        {
            return $name === 'View' ? new StandInView() : self::$object->$name;
        }

        /** Called as FreePBX calls a class with parameters: `$freepbx->WriteConfig([file => text])`. */
        public function WriteConfig($files)
        {
            foreach ($files as $name => $contents) {
                if (str_contains($name, '/') || str_contains($name, '..')) {
                    throw new Exception("$name is no file name");
                }
                file_put_contents($this->Config->get('ASTETCDIR') . "/$name", ";------\n; auto-generated ;\n;------;\n" . $contents);
            }
        }
    }

    class StandInView
    {
        public function destinationUsage(mixed $dest)
        {
            return '';
        }
    }

    class StandInConfig
    {
        public function __construct(private array $settings)
        {
        }

        public function get($var)
        {
            return $this->settings[$var];
        }
    }

    class StandInQueues
    {
        public function __construct(private array $queues)
        {
        }

        public function listQueues($listall = false)
        {
            // [number, name], as pairs: FreePBX gives them so.
            return array_map(null, array_map(strval(...), array_keys($this->queues)), array_values($this->queues));
        }
    }

    class StandInTimeconditions
    {
        public function __construct(private array $conditions)
        {
        }

        public function listTimeconditions($getall = false)
        {
            $rows = [];
            foreach ($this->conditions as $id => $name) {
                $rows[] = ['timeconditions_id' => $id, 'displayname' => $name];
            }
            return $rows;
        }
    }

    class StandInModules
    {
        public function checkStatus($modulename = false, $status = 2)
        {
            return $modulename === 'timeconditions';
        }
    }

    $reloadsNeeded = 0;

    function needreload()
    {
        $GLOBALS['reloadsNeeded'] += 1;
    }

    function load_view($view_filename_protected, $vars = [])
    {
        extract($vars, EXTR_SKIP);
        ob_start();
        include $view_filename_protected;
        return ob_get_clean();
    }

    function drawselects($goto, $i)
    {
        return '<input name="goto' . $i . '" value="' . htmlspecialchars((string) $goto) . '">';
    }
}
