<?php
// Stand-ins for FreePBX's dialplan writer (libraries/extensions.class.php, release/17.0): same signatures, same text.
declare(strict_types=1);

class extensions
{
    private array $sections = [];
    private array $withoutCustom = [];

    public function addSectionNoCustom($section, $setting)
    {
        $this->withoutCustom[$section] = $setting ? true : false;
    }

    public function add($section, $extension, $tag, $command, $basetag = false, $addpriority = false)
    {
        $this->sections[$section][$extension][] = [$tag, $command];
    }

    public function generateConf()
    {
        $output = '';
        foreach ($this->sections as $section => $extensions) {
            $output .= "[$section]\n";
            if (!($this->withoutCustom[$section] ?? false)) {
                $output .= "include => $section-custom\n";
            }
            foreach ($extensions as $extension => $steps) {
                foreach ($steps as $index => [$tag, $command]) {
                    $priority = ($index === 0 ? '1' : 'n') . ($tag === '' ? '' : "($tag)");
                    $output .= "exten => $extension,$priority,{$command->output()}\n";
                }
                $output .= "\n";
            }
            $output .= ";--== end of [$section] ==--;\n\n\n";
        }
        return $output;
    }
}

class extension
{
    public function __construct(public $data = '')
    {
    }
}

class ext_noop extends extension
{
    public function output()
    {
        return "Noop({$this->data})";
    }
}

class ext_answer extends extension
{
    public function output()
    {
        return 'Answer';
    }
}

class ext_setvar
{
    public function __construct(public $var, public $value = '')
    {
    }

    public function output()
    {
        return "Set({$this->var}={$this->value})";
    }
}

class ext_goto
{
    public function __construct(public $pri, public $ext = false, public $context = false)
    {
    }

    public function output()
    {
        return 'Goto(' . ($this->context ? "{$this->context}," : '') . ($this->ext ? "{$this->ext}," : '') . "{$this->pri})";
    }
}

class ext_gotoif
{
    public function __construct(public $condition, public $true_priority, public $false_priority = false)
    {
    }

    public function output()
    {
        $other = $this->false_priority ? ":{$this->false_priority}" : '';
        return "GotoIf({$this->condition}?{$this->true_priority}$other)";
    }
}

class ext_gosub
{
    public function __construct(public $pri, public $ext = false, public $context = false, public $args = '')
    {
    }

    public function output()
    {
        return "Gosub({$this->context},{$this->ext},{$this->pri}({$this->args}))";
    }
}

class ext_execif
{
    public function __construct(
        public $expr,
        public $app_true,
        public $data_true = '',
        public $app_false = '',
        public $data_false = '',
    ) {
    }

    public function output()
    {
        $other = $this->app_false === '' ? '' : ":{$this->app_false}({$this->data_false})";
        return "ExecIf({$this->expr}?{$this->app_true}({$this->data_true})$other)";
    }
}

class ext_read
{
    public function __construct(
        public $astvar,
        public $filename = '',
        public $maxdigits = '',
        public $option = '',
        public $attempts = '',
        public $timeout = '',
    ) {
    }

    public function output()
    {
        return "Read({$this->astvar},{$this->filename},{$this->maxdigits},{$this->option},{$this->attempts},{$this->timeout})";
    }
}
